using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

/// <summary>A type as it is listed.</summary>
internal sealed record ToDoTypeRow(long Id, string Code, string Name, int DefaultPriority, long? DefaultRoleId, bool Active, int Version);

internal sealed class ListToDoTypes(AppDb db, CurrentActor actor) : IUse<ListToDoTypes.Input, Page<ToDoTypeRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="Sort"><c>name</c>, <c>code</c> or <c>priority</c>; with a leading minus descending.</param>
    /// <param name="Page">From 1.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<ToDoType> Orders = new(t => t.Id, ("name", t => t.Name), ("code", t => t.Code), ("priority", t => t.DefaultPriority));

    public async Task<Outcome<Page<ToDoTypeRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        IQueryable<ToDoType> types = db.Set<ToDoType>();
        if (input.Active is { } active)
            types = types.Where(t => t.Active == active);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            types = types.Where(t => t.Code.ToLower().Contains(part) || t.Name.ToLower().Contains(part));
        return await Orders.Apply(types, input.Sort).Select(t => new ToDoTypeRow(t.Id, t.Code, t.Name, t.DefaultPriority, t.DefaultRoleId, t.Active, t.Version))
            .PageOf(input.Page, input.Size, ct);
    }
}
