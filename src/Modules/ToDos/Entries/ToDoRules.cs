using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Rules;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>When a To Do is made, rules may send it elsewhere, make it more or less urgent, or keep it from being made.</summary>
internal sealed class ToDoRulePoint(AppDb db, IOrganization organization, IUtilityClock clock, ToDosInSight sight, Fitness fitness, IEnumerable<IToDoMessages> messages, IEnumerable<IToDoKind> kinds) : IRulePoint
{
    public const string PointCode = "todo.created";
    public const string Route = "route";
    public const string Prioritise = "priority";
    public const string Suppress = "suppress";
    private const string Parameter = "parameter.";

    public string Code => PointCode;
    public string Name => "When a To Do is made";

    public IReadOnlyList<RuleField> Fields =>
    [
        new("type", "Type", RuleValueKind.Choice), new("role", "Role it would go to", RuleValueKind.Choice), new("person", "Person it would go to"), new("subject", "What it says"),
        new("priority", "Priority", RuleValueKind.Number), new("due_in", "Days until it is due", RuleValueKind.Number), new("about", "What it is about", RuleValueKind.Choice),
        new("maker", "Who makes it", RuleValueKind.Choice),
        .. messages.SelectMany(m => m.Messages).SelectMany(m => MessageText.Names(m.Text).Select(n => new RuleField($"{Parameter}{n}", $"{Option.InWords(n)} ({m.TypeCode})"))).DistinctBy(f => f.Name),
    ];

    public IReadOnlyList<RuleAct> Acts => [new(Route, "Give it to the role", RuleValueKind.Choice), new(Prioritise, "Set the priority to", RuleValueKind.Number), new(Suppress, "Do not make it")];

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<Option>>> Choices(CancellationToken ct)
    {
        var roles = Option.Of(await organization.ToDoRoles(ct), r => r.Code, r => r.Name);
        return new Dictionary<string, IReadOnlyList<Option>>(StringComparer.Ordinal)
        {
            ["type"] = Option.Of(await db.Set<ToDoType>().AsNoTracking().OrderBy(t => t.Name).ToListAsync(ct), t => t.Code, t => t.Name),
            ["role"] = roles, [Route] = roles,
            ["about"] = [new("customer", "a customer"), new("account", "an account"), new("premise", "a premise"), new("nothing", "nobody and no place")],
            ["maker"] = [new("employee", "somebody here"), new("process", "Tieline itself"), new("apikey", "a machine outside")],
        };
    }

    /// <summary>Of what is kept, with the values it had when it was made as far as they are known: those that messages named are not.</summary>
    public async Task<IReadOnlyList<RuleSample>> Past(int limit, CancellationToken ct)
    {
        var codes = await organization.ToDoRoleCodes(ct);
        var past = await db.Set<ToDo>().AsNoTracking().OrderByDescending(t => t.Id).Take(limit).ToListAsync(ct);
        var shown = await sight.Shown(past.ConvertAll(ToDoLists.Line), ct);
        var samples = new List<RuleSample>();
        foreach (var (toDo, line) in past.Zip(shown))
        {
            var made = DateOnly.FromDateTime(await clock.ToLocal(toDo.CreatedAt, ct));
            var values = Values(toDo.TypeCode, toDo.Subject, toDo.BasePriority, toDo.DueOn, made, toDo.RoleId is { } role ? codes.GetValueOrDefault(role) : null,
                toDo.EmployeeId is null ? null : toDo.AddressedTo, About(toDo.PersonId, toDo.AccountId, toDo.PremiseId), toDo.CreatedBy.Kind);
            samples.Add(new RuleSample(line.Subject, toDo.CreatedAt, $"/todos/{toDo.Id}", values));
        }
        return samples;
    }

    /// <summary>A promise without its To Do would be forgotten; and a role that may not have a type is given none by a rule either.</summary>
    public async Task<string?> Forbids(RuleText rule, CancellationToken ct) => Suppresses(rule) ?? await Misroutes(rule, ct);

    private async Task<string?> Misroutes(RuleText rule, CancellationToken ct)
    {
        var (named, routes) = (Types(rule).ToArray(), rule.Then.Where(t => t.Act == Route).Select(t => t.Value!).ToArray());
        if (named.Length == 0 || routes.Length == 0)
            return null;
        var (valid, codes) = (await fitness.ValidRoles(ct), (await organization.ToDoRoleCodes(ct)).ToDictionary(r => r.Value, r => r.Key, StringComparer.OrdinalIgnoreCase));
        foreach (var (type, role) in named.SelectMany(t => routes.Select(r => (t, r))))
        {
            if (!valid.May(type, codes.GetValueOrDefault(role)))
                return $"{type.ToUpperInvariant()} may not go to {role}. It may go to {string.Join(", ", codes.Where(c => valid.Roles[type].Contains(c.Value)).Select(c => c.Key).Order(StringComparer.Ordinal))}.";
        }
        return null;
    }

    /// <summary>Types that a rule names.</summary>
    private static IEnumerable<string> Types(RuleText rule) =>
        rule.If.Where(NamesTypes).SelectMany(c => c.Value!.Split(',', StringSplitOptions.TrimEntries));

    private static bool NamesTypes(RuleCondition condition) => condition is { Field: "type", Operator: RuleOperator.Is or RuleOperator.OneOf };

    private string? Suppresses(RuleText rule) =>
        !rule.Then.Any(t => t.Act == Suppress) ? null
        : !rule.If.Any(NamesTypes) || rule.Any ? "Say of which types none is made: all conditions must hold, and one of them names the type."
        : Types(rule).FirstOrDefault(code => kinds.Select(k => k.TypeCode).Concat(messages.SelectMany(m => m.Needed)).Contains(code, StringComparer.OrdinalIgnoreCase)) is { } needed ? $"{needed}: Tieline needs these, for what they are about would be forgotten."
        : null;

    /// <param name="made">The day on which it is made.</param>
    public static RuleValues Values(string type, string subject, int priority, DateOnly dueOn, DateOnly made, string? role, string? person, string about, ActorKind maker) => new()
    {
        ["type"] = type, ["subject"] = subject, ["priority"] = (decimal)priority, ["due_in"] = (decimal)(dueOn.DayNumber - made.DayNumber), ["role"] = role, ["person"] = person, ["about"] = about,
        ["maker"] = maker.ToString().ToLowerInvariant(),
    };

    public static string About(long? person, long? account, long? premise) => person is not null ? "customer" : account is not null ? "account" : premise is not null ? "premise" : "nothing";

    public static void Add(RuleValues values, IReadOnlyDictionary<string, string> parameters)
    {
        foreach (var (name, value) in parameters)
            values[$"{Parameter}{name}"] = value;
    }
}

/// <summary>Does what the rules say of new work.</summary>
internal sealed class ToDoRules(AppDb db, IRules rules, IOrganization organization, Fitness fitness, IUtilityClock clock)
{
    /// <summary>What the rules made of one piece of work.</summary>
    /// <param name="SuppressedBy">Not null when it is not made.</param>
    /// <param name="Words">For the log; null when no rule spoke.</param>
    public sealed record Spoken(NewToDo Work, int Priority, long? VersionId = null, string? Words = null, RuleHit? SuppressedBy = null);

    /// <summary>
    /// Of each piece of work, in its order, what the rules make of it. Roles and types are read once for all of them, and not longer kept: whoever makes work may go on for hours.
    /// </summary>
    /// <param name="made">With its type, whose role is known or found by it, and what it says.</param>
    public async Task<IReadOnlyList<Spoken>> Speak(IReadOnlyList<(NewToDo Work, ToDoType Type, string Subject)> made, CancellationToken ct)
    {
        var spoken = made.Select(m => new Spoken(m.Work, Math.Clamp(m.Work.Priority ?? m.Type.DefaultPriority, 1, 9))).ToArray();
        if (!await rules.Any(ToDoRulePoint.PointCode, ct))
            return spoken;
        var (today, codes, targets) = (await clock.Today(ct), await organization.ToDoRoleCodes(ct), (Targets?)null);
        for (var i = 0; i < spoken.Length; i++)
        {
            var (work, type, subject) = made[i];
            var values = ToDoRulePoint.Values(
                type.Code, subject, spoken[i].Priority, work.DueOn, today, work.EmployeeId is null && (work.RoleId ?? type.DefaultRoleId) is { } role ? codes.GetValueOrDefault(role) : null,
                work.EmployeeId is null ? null : work.AddressedTo, ToDoRulePoint.About(work.PersonId, work.AccountId, work.PremiseId), db.Actor.Kind);
            ToDoRulePoint.Add(values, work.Parameters);
            var hits = await rules.Match(ToDoRulePoint.PointCode, values, ct);
            if (hits.Any(h => h.Then.Any(t => t.Act == ToDoRulePoint.Route)))
                targets ??= new Targets((await organization.ToDoRoles(ct)).ToDictionary(r => r.Code, StringComparer.OrdinalIgnoreCase), await fitness.ValidRoles(ct));
            spoken[i] = Obey(hits, spoken[i], type, targets);
        }
        return spoken;
    }

    /// <summary>Where work may be sent.</summary>
    private sealed record Targets(IReadOnlyDictionary<string, ToDoRoleLine> Roles, Fitness.Valid Valid);

    /// <param name="targets">Null where none of the rules sends it anywhere.</param>
    private static Spoken Obey(IReadOnlyList<RuleHit> hits, Spoken spoken, ToDoType type, Targets? targets)
    {
        var words = new List<string>();
        foreach (var hit in hits)
        {
            foreach (var then in hit.Then)
            {
                switch (then.Act)
                {
                    case ToDoRulePoint.Suppress:
                        return spoken with { SuppressedBy = hit };
                    case ToDoRulePoint.Prioritise when int.TryParse(then.Value, CultureInfo.InvariantCulture, out var number) && number != spoken.Priority:
                        words.Add($"{hit.Text}: priority {spoken.Priority} to {Math.Clamp(number, 1, 9)}");
                        spoken = spoken with { Priority = Math.Clamp(number, 1, 9), VersionId = hit.VersionId };
                        break;
                    // A role that is not in use any more is given nothing.
                    case ToDoRulePoint.Route when targets!.Roles.GetValueOrDefault(then.Value!) is { } goesTo && !targets.Valid.May(type.Code, goesTo.Id):
                        words.Add($"{hit.Text}: not to {goesTo.Name}, which may not have these");
                        break;
                    case ToDoRulePoint.Route when targets!.Roles.GetValueOrDefault(then.Value!) is { } goesTo && (goesTo.Id != spoken.Work.RoleId || spoken.Work.EmployeeId is not null):
                        words.Add($"{hit.Text}: to {goesTo.Name}{(spoken.Work.AddressedTo is { } before ? $", from {before}" : "")}");
                        spoken = spoken with { Work = spoken.Work with { EmployeeId = null, RoleId = goesTo.Id, AddressedTo = goesTo.Name }, VersionId = hit.VersionId };
                        break;
                }
            }
        }
        return spoken with { Words = words.Count == 0 ? null : string.Join("; ", words) };
    }
}
