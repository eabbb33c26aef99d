using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Types;

/// <summary>A skill that is needed, and how well.</summary>
/// <param name="Level">1 (learning) to 5 (teaches others).</param>
internal sealed record NeededSkill(long? SkillId, int Level = 3);

/// <summary>What is typed about a type, when adding and when changing one.</summary>
internal interface IToDoTypeTyped
{
    string? Name { get; }
    string? Description { get; }
    string? Message { get; }
    int DefaultPriority { get; }
    long? DefaultRoleId { get; }
    IReadOnlyList<long>? RoleIds { get; }
    IReadOnlyList<NeededSkill>? Skills { get; }
    bool ByHand { get; }
    DrillTarget DrillTarget { get; }
    string? SortKeys { get; }
    int? AgesEveryDays { get; }
    int? EscalatesAfterDays { get; }
    long? EscalationRoleId { get; }
    int? LapsesAfterDays { get; }
    DateOnly? FromOn { get; }
    DateOnly? ToOn { get; }
}

/// <summary>What a type says and does, checked.</summary>
internal sealed record ToDoTypeDetails
{
    private const int MostDays = 3_650;

    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public string? Message { get; init; }
    public required int DefaultPriority { get; init; }
    public long? DefaultRoleId { get; init; }
    public IReadOnlyList<long> RoleIds { get; init; } = [];
    public IReadOnlyDictionary<long, int> Skills { get; init; } = new Dictionary<long, int>();
    public bool ByHand { get; init; }
    public DrillTarget DrillTarget { get; init; }
    public string? SortKeys { get; init; }
    public int? AgesEveryDays { get; init; }
    public int? EscalatesAfterDays { get; init; }
    public long? EscalationRoleId { get; init; }
    public int? LapsesAfterDays { get; init; }
    public DateOnly? FromOn { get; init; }
    public DateOnly? ToOn { get; init; }

    /// <param name="was">The type that is changed: what it has stays allowed; null for a new one.</param>
    /// <param name="own">Parameters that the makers of this type give.</param>
    public static async Task<ToDoTypeDetails> Check(
        IOrganization organization, IToDoTypeTyped typed, ToDoType? was, IReadOnlyCollection<string> own, Problems problems, CancellationToken ct)
    {
        var message = problems.Text(nameof(typed.Message), "What it says", typed.Message, AddToDo.MaxSubject, required: false);
        var known = MessageText.Common.Concat(own).ToHashSet(StringComparer.Ordinal);
        if (MessageText.Names(message).FirstOrDefault(n => !known.Contains(n)) is { } unknown)
            problems.Add(nameof(typed.Message), $"There is nothing called {{{unknown}}}. It may say {Braced(known)}.", "todo.type.parameter");
        var keys = TypedText.OneLine(typed.SortKeys, 200).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        if (keys.FirstOrDefault(k => !known.Contains(k)) is { } key)
            problems.Add(nameof(typed.SortKeys), $"There is nothing called {key}. Lists may be sorted by {string.Join(", ", known.Order(StringComparer.Ordinal))}.", "todo.type.parameter");
        AddToDo.CheckPriority(typed.DefaultPriority, nameof(typed.DefaultPriority), problems);
        Days(nameof(typed.AgesEveryDays), typed.AgesEveryDays, problems);
        Days(nameof(typed.EscalatesAfterDays), typed.EscalatesAfterDays, problems);
        Days(nameof(typed.LapsesAfterDays), typed.LapsesAfterDays, problems);
        problems.InOrder(nameof(typed.ToOn), typed.FromOn, typed.ToOn);

        var roles = await organization.ToDoRoleCodes(ct);
        if (typed.DefaultRoleId is { } role && role != was?.DefaultRoleId && !roles.ContainsKey(role))
            problems.Add(nameof(typed.DefaultRoleId), "There is no such role.", "todo.role.unknown");
        if (typed.EscalationRoleId is { } higher && !roles.ContainsKey(higher))
            problems.Add(nameof(typed.EscalationRoleId), "There is no such role.", "todo.role.unknown");
        if (typed.EscalationRoleId is not null && typed.EscalatesAfterDays is null)
            problems.Add(nameof(typed.EscalatesAfterDays), "After how many days?", "todo.type.escalation");
        var valid = (typed.RoleIds ?? []).Distinct().ToArray();
        if (valid.Any(r => !roles.ContainsKey(r)))
            problems.Add(nameof(typed.RoleIds), "There is no such role.", "todo.role.unknown");
        else if (valid.Length > 0 && typed.DefaultRoleId is { } home && !valid.Contains(home))
            problems.Add(nameof(typed.DefaultRoleId), "It goes to a role that may not have it: check that role below as well.", "todo.type.role");
        return new ToDoTypeDetails
        {
            Name = problems.Text(nameof(typed.Name), "Name", typed.Name, 100), Message = message.Length == 0 ? null : message,
            Description = problems.Lines(nameof(typed.Description), "Description", typed.Description, 1_000, required: false),
            DefaultPriority = typed.DefaultPriority, DefaultRoleId = typed.DefaultRoleId, RoleIds = valid, Skills = await Skilled(organization, typed, problems, ct), ByHand = typed.ByHand,
            DrillTarget = typed.DrillTarget, SortKeys = keys.Length == 0 ? null : string.Join(' ', keys), AgesEveryDays = typed.AgesEveryDays,
            EscalatesAfterDays = typed.EscalatesAfterDays, EscalationRoleId = typed.EscalationRoleId, LapsesAfterDays = typed.LapsesAfterDays, FromOn = typed.FromOn, ToOn = typed.ToOn,
        };
    }

    /// <summary>The roles and skills of a type, made as they are said here. The caller saves.</summary>
    public async Task Keep(AppDb db, long typeId, CancellationToken ct)
    {
        var roles = await db.Set<ToDoTypeRole>().Where(r => r.TypeId == typeId).ToListAsync(ct);
        db.RemoveRange(roles.Where(r => !RoleIds.Contains(r.RoleId)));
        db.AddRange(RoleIds.Except(roles.Select(r => r.RoleId)).Select(r => new ToDoTypeRole(typeId, r)));
        var skills = await db.Set<ToDoTypeSkill>().Where(s => s.TypeId == typeId).ToListAsync(ct);
        db.RemoveRange(skills.Where(s => !Skills.ContainsKey(s.SkillId)));
        foreach (var (skill, level) in Skills)
        {
            if (skills.Find(s => s.SkillId == skill) is not { } kept)
                db.Add(new ToDoTypeSkill(typeId, skill, level));
            else if (kept.Level != level)
                kept.Change(level);
        }
    }

    private static async Task<IReadOnlyDictionary<long, int>> Skilled(IOrganization organization, IToDoTypeTyped typed, Problems problems, CancellationToken ct)
    {
        var skills = new Dictionary<long, int>();
        var known = typed.Skills is { Count: > 0 } ? (await organization.Skills(ct)).ToDictionary(s => s.Id) : [];
        foreach (var (needed, i) in (typed.Skills ?? []).Select((n, i) => (n, i)))
        {
            if (needed.SkillId is not { } id || !known.ContainsKey(id))
                problems.Add($"{nameof(typed.Skills)}[{i}].{nameof(NeededSkill.SkillId)}", "There is no such skill.", "skill.unknown");
            else if (needed.Level is < 1 or > 5)
                problems.Add($"{nameof(typed.Skills)}[{i}].{nameof(NeededSkill.Level)}", "The level is 1 to 5.", "skill.level");
            else
                skills[id] = needed.Level;
        }
        return skills;
    }

    private static void Days(string field, int? days, Problems problems)
    {
        if (days is < 1 or > MostDays)
            problems.Add(field, $"A number of days from 1 to {MostDays:N0}, or nothing.", "todo.type.days");
    }

    private static string Braced(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal).Select(n => $"{{{n}}}"));
}
