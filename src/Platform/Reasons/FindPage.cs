using Microsoft.AspNetCore.Http;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Reasons;

/// <summary>The page on which people see what is behind a reference, for kinds that stand on the pages of other records: the run of a failure, the record of an error.</summary>
internal sealed class FindPage(CurrentActor actor, IEnumerable<ITellsWhy> rooms, IEnumerable<RecordPage> pages) : IUse<FindPage.Input, FindPage.Found>
{
    public const string Route = "/records/{kind}/{id:long}";

    public sealed record Input(string Kind, long Id);

    public sealed record Found(string Href);

    /// <summary>Of <see cref="RecordPage"/>.</summary>
    public static string Path(string kind) => $"/records/{kind}/{{0}}";

    public static async Task<IResult> Go(string kind, long id, FindPage find, CancellationToken ct) =>
        await find.Handle(new(kind, id), ct) is { Ok: true } found ? Results.Redirect(found.Value.Href) : Results.NotFound();

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        if (pages.FirstOrDefault(p => p.Kind == input.Kind) is not { Path: { } path } page || path != Path(input.Kind))
            return Problem.NotFound("The record");
        if (page.Permission is { } right)
            actor.Require(right);
        return rooms.FirstOrDefault(r => r.Kind == input.Kind) is { } room && await room.Tell(input.Id, ct) is { IsClosed: false, Href: { } href } ? new Found(href) : Problem.NotFound("The record");
    }
}
