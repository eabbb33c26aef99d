using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>Classes of contact types for other installations.</summary>
internal sealed class ConfiguredClasses(AppDb db, AddContactClass add, ChangeContactClass change) : Configured<ConfiguredClasses.Row>
{
    public sealed record Row(string Code, string Name, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public override string Part => "contact-classes";
    public override string Title => "Contact classes";
    public override string Permission => ContactsPermissions.Types;
    public override int Order => 300;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        await db.Set<ContactClass>().AsNoTracking().OrderBy(c => c.Code).Select(c => new Row(c.Code, c.Name, c.Active, c.FromOn, c.ToOn)).ToListAsync(ct);

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (await db.Set<ContactClass>().AsNoTracking().SingleOrDefaultAsync(c => c.Code == row.Code, ct) is not { } kept)
        {
            var added = await add.Handle(new(row.Code, row.Name, row.FromOn, row.ToOn), ct);
            if (!added.Ok || row.Active)
                return added.Problems;
            kept = await db.Set<ContactClass>().AsNoTracking().SingleAsync(c => c.Id == added.Value.Id, ct);
        }
        return (await change.Handle(new(kept.Id, kept.Version, row.Name, row.Active, row.FromOn, row.ToOn), ct)).Problems;
    }
}

/// <summary>Contact types with all that administrators decide about them, for other installations.</summary>
internal sealed class ConfiguredTypes(AppDb db, AddContactType add, ChangeContactType change, IOrganization organization) : Configured<ConfiguredTypes.Row>
{
    /// <summary>What administrators decide, with codes in the place of keys.</summary>
    public sealed record Row : TypeFields
    {
        public required string Code { get; init; }
        public required string Class { get; init; }
        public string? DefaultRole { get; init; }
    }

    public override string Part => "contact-types";
    public override string Title => "Contact types";
    public override string Permission => ContactsPermissions.Types;
    public override int Order => 310;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name ?? row.Code;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct)
    {
        var classes = await db.Set<ContactClass>().ToDictionaryAsync(c => c.Id, c => c.Code, ct);
        var roles = await organization.ToDoRoleCodes(ct);
        return [.. (await db.Set<ContactType>().AsNoTracking().Include(t => t.Characteristics).OrderBy(t => t.Code).ToListAsync(ct)).Select(t => Copy<Row>(TypeFields.Of(t), new()
        {
            [nameof(Row.Code)] = t.Code, [nameof(Row.Class)] = classes[t.ClassId], [nameof(Row.DefaultRole)] = t.DefaultRoleId is { } role ? roles.GetValueOrDefault(role) : null,
        }) with { ClassId = null, DefaultRoleId = null })];
    }

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (await db.Set<ContactClass>().Where(c => c.Code == row.Class).Select(c => (long?)c.Id).SingleOrDefaultAsync(ct) is not { } classId)
            return [Unknown(nameof(Row.Class), "contact class", row.Class)];
        // Its days do not matter here: a role of later, or of the past, travels like any other.
        var role = row.DefaultRole is null ? null : await organization.ToDoRoleId(row.DefaultRole, ct);
        if (row.DefaultRole is not null && role is null)
            return [Unknown(nameof(Row.DefaultRole), "To Do role", row.DefaultRole)];
        if (await db.Set<ContactType>().AsNoTracking().SingleOrDefaultAsync(t => t.Code == row.Code, ct) is not { } type)
            return (await add.Handle(Copy<AddContactType.Input>(row, []) with { ClassId = classId, DefaultRoleId = role }, ct)).Problems;
        return (await change.Handle(Copy<ChangeContactType.Input>(row, []) with { Id = type.Id, Version = type.Version, ClassId = classId, DefaultRoleId = role }, ct)).Problems;
    }

    /// <summary>The same fields as another record that has them, so that a new field of types travels without a word here.</summary>
    private static T Copy<T>(TypeFields fields, Dictionary<string, string?> more) where T : TypeFields
    {
        var all = JsonSerializer.SerializeToNode(fields, fields.GetType())!.AsObject();
        foreach (var (name, value) in more)
            all[name] = value;
        return all.Deserialize<T>()!;
    }
}
