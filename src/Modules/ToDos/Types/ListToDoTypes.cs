using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

/// <summary>A type as it is listed.</summary>
internal sealed record ToDoTypeRow(long Id, string Code, string Name, int DefaultPriority, long? DefaultRoleId, bool Active, DateOnly? FromOn, DateOnly? ToOn, int Version);

internal sealed class ListToDoTypes(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListToDoTypes.Input, Page<ToDoTypeRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c> or <c>priority</c>; with a leading minus descending.</param>
    /// <param name="Page">From 1.</param>
    /// <param name="InForce">Only those of which people may (or may not) make To Dos today.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null, bool? InForce = null);

    private static readonly Sorting<ToDoType> Orders = new(t => t.Id, ("name", t => t.Name), ("code", t => t.Code), ("priority", t => t.DefaultPriority));

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
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            types = types.Where(t => t.Code.ToLower().Contains(part) || t.Name.ToLower().Contains(part));
        return await Orders.Apply(types, input.Sort).Select(t => new ToDoTypeRow(t.Id, t.Code, t.Name, t.DefaultPriority, t.DefaultRoleId, t.Active, t.FromOn, t.ToOn, t.Version))
            .PageOf(input.Page, input.Size, ct);
    }
}
