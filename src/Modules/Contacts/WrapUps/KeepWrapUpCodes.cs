using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.WrapUps;

/// <summary>A wrap-up code as it is listed.</summary>
internal sealed record WrapUpRow
{
    public long Id { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
    public bool Resolves { get; init; }
    public int Position { get; init; }
    public DateOnly FromOn { get; init; }
    public DateOnly? ToOn { get; init; }
    public int Version { get; init; }

    public static IQueryable<WrapUpRow> Of(AppDb db) => db.Set<WrapUpCode>().Select(c => new WrapUpRow
    {
        Id = c.Id, Code = c.Code, Name = c.Name, Resolves = c.Resolves, Position = c.Position, FromOn = c.FromOn, ToOn = c.ToOn, Version = c.Version,
    });
}

internal sealed class ListWrapUpCodes(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListWrapUpCodes.Input, Page<WrapUpRow>>
{
    /// <param name="InForce">Only those that can (or cannot) be used today.</param>
    public sealed record Input(string? Search = null, bool? InForce = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<WrapUpRow> Orders = new(c => c.Id, ("position", c => c.Position), ("name", c => c.Name), ("code", c => c.Code));

    public async Task<Outcome<Page<WrapUpRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var rows = WrapUpRow.Of(db);
        if (input.InForce is { } inForce)
        {
            var today = await clock.Today(ct);
            rows = rows.Where(c => (c.FromOn <= today && (c.ToOn == null || c.ToOn >= today)) == inForce);
        }
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(c => c.Code.ToLower().Contains(part) || c.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}

internal sealed class GetWrapUpCode(AppDb db, CurrentActor actor) : IUse<GetWrapUpCode.Input, WrapUpRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<WrapUpRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        return await WrapUpRow.Of(db).SingleOrDefaultAsync(c => c.Id == input.Id, ct) is { } row ? row : Problem.NotFound("The wrap-up code");
    }
}

/// <summary>Adds a wrap-up code. The code itself stays for good.</summary>
internal sealed class AddWrapUpCode(AppDb db, CurrentActor actor, ReferenceCache<KnownWrapUps> known, IUtilityClock clock) : IUse<AddWrapUpCode.Input, Added>
{
    /// <param name="FromOn">First day on which it can be used; today when null.</param>
    public sealed record Input(string? Code, string? Name, bool Resolves = false, int? Position = null, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Types);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code, 30);
        if (await db.Set<WrapUpCode>().AnyAsync(c => c.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a wrap-up code {code}.", "wrap_up.code.taken");
        var from = input.FromOn ?? await clock.Today(ct);
        var name = WrapUpRules.Check(input.Name, input.Position, from, input.ToOn, problems);
        if (problems.Any)
            return problems;
        var position = input.Position ?? ((await db.Set<WrapUpCode>().MaxAsync(c => (int?)c.Position, ct) ?? 0) + 1);
        var added = new WrapUpCode(db.NextId(), code, name, input.Resolves, position, from, input.ToOn);
        db.Add(added);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return new Added(added.Id);
    }
}

/// <summary>Changes a wrap-up code, or ends its use. Contacts that ended so stay as they are.</summary>
internal sealed class ChangeWrapUpCode(AppDb db, CurrentActor actor, ReferenceCache<KnownWrapUps> known) : IUse<ChangeWrapUpCode.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Name, bool? Resolves, int? Position, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Types);
        if (await db.Set<WrapUpCode>().SingleOrDefaultAsync(c => c.Id == input.Id, ct) is not { } changed)
            return Problem.NotFound("The wrap-up code");
        var problems = new Problems();
        var resolves = problems.Said(nameof(Input.Resolves), "Resolved", input.Resolves);
        var from = input.FromOn ?? changed.FromOn;
        var name = WrapUpRules.Check(input.Name, input.Position, from, input.ToOn, problems);
        if (problems.Any)
            return problems;
        db.Expect(changed, input.Version);
        changed.Change(name, resolves, input.Position ?? changed.Position, from, input.ToOn);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

internal static class WrapUpRules
{
    /// <returns>The name, checked.</returns>
    public static string Check(string? typed, int? position, DateOnly from, DateOnly? to, Problems problems)
    {
        if (position is < 1 or > 1_000)
            problems.Add("Position", "A place from 1 to 1,000.", "wrap_up.position");
        if (to < from)
            problems.Add("ToOn", "The last day lies before the first.", "wrap_up.days");
        return problems.Text("Name", "Name", typed, 100);
    }
}
