using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

/// <summary>A type as it is listed.</summary>
internal sealed record ToDoTypeRow(long Id, string Code, string Name, int DefaultPriority, long? DefaultRoleId, bool ByHand, bool Active, DateOnly? FromOn, DateOnly? ToOn, int Version)
{
    /// <summary>A list of these can be sorted by what they are about.</summary>
    public bool Keyed { get; init; }
}

internal sealed class ListToDoTypes(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListToDoTypes.Input, Page<ToDoTypeRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c> or <c>priority</c>; with a leading minus descending.</param>
    /// <param name="Page">From 1.</param>
    /// <param name="InForce">Only those that are (or are not) in use today.</param>
    /// <param name="ByHand">Only those of which people may (or may not) add To Dos.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null, bool? InForce = null, bool? ByHand = null);

    private static readonly Sorting<ToDoType> Orders = new(t => t.Id, ("name", t => t.Name), ("code", t => t.Code), ("priority", t => t.DefaultPriority));

    /// <summary>Whether some type says what is to be done, so that nobody has to.</summary>
    public Task<bool> AnyWorded(CancellationToken ct) => db.Set<ToDoType>().AnyAsync(t => t.Active && t.ByHand && t.Message != null, ct);

    public async Task<Outcome<Page<ToDoTypeRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        IQueryable<ToDoType> types = db.Set<ToDoType>();
        if (input.Active is { } active)
            types = types.Where(t => t.Active == active);
        if (input.InForce is { } inForce)
        {
            var today = await clock.Today(ct);
            types = types.Where(t => (t.Active && (t.FromOn == null || t.FromOn <= today) && (t.ToOn == null || t.ToOn >= today)) == inForce);
        }
        if (input.ByHand is { } byHand)
            types = types.Where(t => t.ByHand == byHand);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            types = types.Where(t => t.Code.ToLower().Contains(part) || t.Name.ToLower().Contains(part));
        return await Orders.Apply(types, input.Sort).Select(t => new ToDoTypeRow(t.Id, t.Code, t.Name, t.DefaultPriority, t.DefaultRoleId, t.ByHand, t.Active, t.FromOn, t.ToOn, t.Version) { Keyed = t.SortKeys != null })
            .PageOf(input.Page, input.Size, ct);
    }
}
