using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

/// <summary>To Do types for other installations.</summary>
internal sealed class ConfiguredToDoTypes(AppDb db, AddToDoType add, ChangeToDoType change, IOrganization organization) : Configured<ConfiguredToDoTypes.Row>
{
    public sealed record Row(string Code, string Name, int DefaultPriority, string? DefaultRole = null, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public override string Part => "to-do-types";
    public override string Title => "To Do types";
    public override string Permission => ToDosPermissions.Types;
    public override int Order => 200;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct)
    {
        var codes = await organization.ToDoRoleCodes(ct);
        return [.. (await db.Set<ToDoType>().AsNoTracking().OrderBy(t => t.Code).ToListAsync(ct))
            .Select(t => new Row(t.Code, t.Name, t.DefaultPriority, t.DefaultRoleId is { } role ? codes.GetValueOrDefault(role) : null, t.Active, t.FromOn, t.ToOn))];
    }

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        // Its days do not matter here: a role of later, or of the past, travels like any other.
        var role = row.DefaultRole is null ? null : await organization.ToDoRoleId(row.DefaultRole, ct);
        if (row.DefaultRole is not null && role is null)
            return [Unknown(nameof(Row.DefaultRole), "To Do role", row.DefaultRole)];
        if (await db.Set<ToDoType>().AsNoTracking().SingleOrDefaultAsync(t => t.Code == row.Code, ct) is not { } type)
        {
            var added = await add.Handle(new(row.Code, row.Name, row.DefaultPriority, role, row.FromOn, row.ToOn), ct);
            if (!added.Ok || row.Active)
                return added.Problems;
            type = await db.Set<ToDoType>().AsNoTracking().SingleAsync(t => t.Id == added.Value.Id, ct);
        }
        return (await change.Handle(new(type.Id, type.Version, row.Name, row.DefaultPriority, role, row.Active, row.FromOn, row.ToOn), ct)).Problems;
    }
}
