using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

/// <summary>To Do types for other installations.</summary>
internal sealed class ConfiguredToDoTypes(AppDb db, AddToDoType add, ChangeToDoType change, IOrganization organization) : Configured<ConfiguredToDoTypes.Row>
{
    public sealed record Needs(string Skill, int Level);

    public sealed record Row(string Code, string Name, int DefaultPriority, string? DefaultRole = null, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null)
    {
        public string Description { get; init; } = "";
        public string? Message { get; init; }
        public IReadOnlyList<string> Roles { get; init; } = [];
        public IReadOnlyList<Needs> Skills { get; init; } = [];
        public bool ByHand { get; init; } = true;
        public DrillTarget DrillTarget { get; init; }
        public string? SortKeys { get; init; }
        public int? AgesEveryDays { get; init; }
        public int? EscalatesAfterDays { get; init; }
        public string? EscalationRole { get; init; }
        public int? LapsesAfterDays { get; init; }
    }

    public override string Part => "to-do-types";
    public override string Title => "To Do types";
    public override string Permission => ToDosPermissions.Types;
    public override int Order => 200;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct)
    {
        var codes = await organization.ToDoRoleCodes(ct);
        var skillCodes = (await organization.Skills(ct)).ToDictionary(s => s.Id, s => s.Code);
        var roles = (await db.Set<ToDoTypeRole>().AsNoTracking().ToListAsync(ct)).ToLookup(r => r.TypeId);
        var skills = (await db.Set<ToDoTypeSkill>().AsNoTracking().ToListAsync(ct)).ToLookup(s => s.TypeId);
        return [.. (await db.Set<ToDoType>().AsNoTracking().OrderBy(t => t.Code).ToListAsync(ct))
            .Select(t => new Row(t.Code, t.Name, t.DefaultPriority, t.DefaultRoleId is { } role ? codes.GetValueOrDefault(role) : null, t.Active, t.FromOn, t.ToOn)
            {
                Description = t.Description, Message = t.Message, ByHand = t.ByHand, DrillTarget = t.DrillTarget, SortKeys = t.SortKeys, AgesEveryDays = t.AgesEveryDays,
                Roles = [.. roles[t.Id].Select(r => codes[r.RoleId]).Order(StringComparer.Ordinal)],
                Skills = [.. skills[t.Id].Select(s => new Needs(skillCodes[s.SkillId], s.Level)).OrderBy(s => s.Skill, StringComparer.Ordinal)],
                EscalatesAfterDays = t.EscalatesAfterDays, EscalationRole = t.EscalationRoleId is { } higher ? codes.GetValueOrDefault(higher) : null, LapsesAfterDays = t.LapsesAfterDays,
            })];
    }

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        // Days do not matter here: a role of later, or of the past, travels like any other.
        var roles = (await organization.ToDoRoleCodes(ct)).ToDictionary(r => r.Value, r => r.Key, StringComparer.Ordinal);
        var skills = (await organization.Skills(ct)).ToDictionary(s => s.Code, s => s.Id, StringComparer.Ordinal);
        if (row.Roles.Append(row.DefaultRole).Append(row.EscalationRole).FirstOrDefault(r => r is not null && !roles.ContainsKey(r)) is { } missing)
            return [Unknown(nameof(Row.Roles), "To Do role", missing)];
        if (row.Skills.FirstOrDefault(s => !skills.ContainsKey(s.Skill)) is { } unknown)
            return [Unknown(nameof(Row.Skills), "skill", unknown.Skill)];
        long? Role(string? code) => code is null ? null : roles[code];
        if (await db.Set<ToDoType>().AsNoTracking().SingleOrDefaultAsync(t => t.Code == row.Code, ct) is not { } type)
        {
            var added = await add.Handle(new(row.Code, row.Name, row.DefaultPriority, Role(row.DefaultRole), ByHand: row.ByHand), ct);
            if (!added.Ok)
                return added.Problems;
            type = await db.Set<ToDoType>().AsNoTracking().SingleAsync(t => t.Id == added.Value.Id, ct);
        }
        return (await change.Handle(
            new(type.Id, type.Version, row.Name, row.DefaultPriority, Role(row.DefaultRole), row.Active, row.FromOn, row.ToOn, row.Description, row.Message,
                [.. row.Roles.Select(r => roles[r])], [.. row.Skills.Select(s => new NeededSkill(skills[s.Skill], s.Level))], row.ByHand, row.DrillTarget, row.SortKeys,
                row.AgesEveryDays, row.EscalatesAfterDays, Role(row.EscalationRole), row.LapsesAfterDays), ct)).Problems;
    }
}
