using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Rules;

/// <summary>What is typed about a rule, when adding and when changing one.</summary>
internal interface IRuleTyped
{
    string? Name { get; }
    IReadOnlyList<RuleCondition>? If { get; }
    IReadOnlyList<RuleThen>? Then { get; }
    bool Any { get; }
    int? Position { get; }
    DateOnly? FromOn { get; }
    DateOnly? ToOn { get; }
}

/// <summary>The rules of rules.</summary>
internal sealed class RuleCheck(IEnumerable<IRulePoint> points)
{
    private const int MostLines = 20;

    public IRulePoint? Point(string? code) => points.FirstOrDefault(p => p.Code == code);

    /// <summary>Fields and acts that the point has, values of their kinds.</summary>
    public async Task<(string Name, RuleText Text)> Check(IRulePoint point, IRuleTyped typed, Problems problems, CancellationToken ct)
    {
        var choices = await point.Choices(ct);
        var (conditions, acts) = (typed.If ?? [], typed.Then ?? []);
        if (conditions.Count == 0)
            problems.Add(nameof(typed.If), "When? Add a condition.", "rule.conditions");
        if (acts.Count == 0)
            problems.Add(nameof(typed.Then), "And then? Add what it does.", "rule.acts");
        if (conditions.Count > MostLines || acts.Count > MostLines)
            problems.Add(nameof(typed.If), $"A rule has at most {MostLines} lines.", "rule.too_long");
        var clean = new List<RuleCondition>();
        foreach (var (condition, i) in conditions.Select((c, i) => (c, i)))
        {
            var at = $"{nameof(typed.If)}[{i}]";
            if (point.Fields.FirstOrDefault(f => f.Name == condition.Field) is not { } field)
            {
                problems.Add($"{at}.Field", "There is no such value.", "rule.field");
                continue;
            }
            var value = TypedText.OneLine(condition.Value, 500);
            if (condition.Operator is RuleOperator.Empty or RuleOperator.NotEmpty)
                value = "";
            else if (condition.Operator is RuleOperator.Contains or RuleOperator.StartsWith && field.Kind is RuleValueKind.Number or RuleValueKind.Day)
                problems.Add($"{at}.Operator", $"{field.Label} has no words.", "rule.operator");
            else if (Unfit(field.Kind, condition.Operator == RuleOperator.OneOf ? value.Split(',', StringSplitOptions.TrimEntries) : [value], choices.GetValueOrDefault(field.Name)) is { } unfit)
                problems.Add($"{at}.Value", unfit, "rule.value");
            clean.Add(new RuleCondition(field.Name, condition.Operator, value.Length == 0 ? null : value));
        }
        var then = new List<RuleThen>();
        foreach (var (act, i) in acts.Select((a, i) => (a, i)))
        {
            var at = $"{nameof(typed.Then)}[{i}]";
            if (point.Acts.FirstOrDefault(a => a.Code == act.Act) is not { } known)
            {
                problems.Add($"{at}.Act", "It cannot do that.", "rule.act");
                continue;
            }
            var value = known.Takes is null ? "" : TypedText.OneLine(act.Value, 500);
            if (known.Takes is { } kind && Unfit(kind, [value], choices.GetValueOrDefault(known.Code)) is { } unfit)
                problems.Add($"{at}.Value", unfit, "rule.value");
            then.Add(new RuleThen(known.Code, value.Length == 0 ? null : value));
        }
        problems.InOrder(nameof(typed.ToOn), typed.FromOn, typed.ToOn);
        if (typed.Position is < 0 or > 1_000_000)
            problems.Add(nameof(typed.Position), "A position is a number from 0 to 1,000,000.", "rule.position");
        var text = new RuleText(clean, then, typed.Any);
        if (!problems.Any && await point.Forbids(text, ct) is { } forbidden)
            problems.Add(nameof(typed.Then), forbidden, "rule.forbidden");
        return (problems.Text(nameof(typed.Name), "Name", typed.Name, 100), text);
    }

    private static string? Unfit(RuleValueKind kind, IReadOnlyList<string> values, IReadOnlyList<Ui.Option>? choices)
    {
        foreach (var value in values)
        {
            if (value.Length == 0)
                return "Which value?";
            switch (kind)
            {
                case RuleValueKind.Number when !decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out _):
                    return $"'{value}' is no number.";
                case RuleValueKind.Day when !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _):
                    return $"'{value}' is no day. Type it as 2026-11-23.";
                case RuleValueKind.Choice when choices?.Any(c => string.Equals(c.Value, value, StringComparison.OrdinalIgnoreCase)) != true:
                    return $"There is no {value}. Possible: {string.Join(", ", (choices ?? []).Take(30).Select(c => c.Value))}.";
            }
        }
        return null;
    }
}

/// <summary>Adds a rule. Its point and code stay for good.</summary>
internal sealed class AddRule(AppDb db, CurrentActor actor, RuleCheck check, RuleBook book) : IUse<AddRule.Input, Added>
{
    /// <param name="Point">Code of the point: <c>todo.created</c>.</param>
    /// <param name="Any">One condition is enough; else all must hold.</param>
    /// <param name="Position">The smallest speaks first; last when null.</param>
    public sealed record Input(
        string? Point, string? Code, string? Name, IReadOnlyList<RuleCondition>? If = null, IReadOnlyList<RuleThen>? Then = null, bool Any = false, int? Position = null,
        bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null) : IRuleTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRules);
        if (check.Point(input.Point) is not { } point)
            return new Problem(nameof(Input.Point), "There is no such point at which rules speak.", "rule.point");
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        if (await db.Set<Rule>().AnyAsync(r => r.Point == point.Code && r.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a rule with the code {code}.", "rule.code.taken");
        var (name, text) = await check.Check(point, input, problems, ct);
        if (problems.Any)
            return problems;

        var rule = new Rule(db.NextId(), point.Code, code)
        {
            Name = name, Position = input.Position ?? await book.NextPosition(point.Code, ct), Active = input.Active, FromOn = input.FromOn, ToOn = input.ToOn,
        };
        book.Add(rule, text);
        await db.SaveChangesAsync(ct);
        return new Added(rule.Id);
    }
}

/// <summary>Changes a rule: other words make a new version, and what was done by the old one stays explained by it.</summary>
internal sealed class ChangeRule(AppDb db, CurrentActor actor, RuleCheck check, ReferenceCache<KnownRules> known) : IUse<ChangeRule.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="Any">One condition is enough; else all must hold.</param>
    public sealed record Input(
        long Id, int Version, string? Name, IReadOnlyList<RuleCondition>? If = null, IReadOnlyList<RuleThen>? Then = null, bool Any = false, int? Position = null,
        bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null) : IRuleTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRules);
        if (await db.Set<Rule>().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } rule || check.Point(rule.Point) is not { } point)
            return Problem.NotFound("The rule");
        var problems = new Problems();
        var (name, text) = await check.Check(point, input, problems, ct);
        if (problems.Any)
            return problems;

        db.Expect(rule, input.Version);
        var says = RuleVersion.Write(text);
        var number = rule.Says;
        if (await db.Set<RuleVersion>().Where(v => v.RuleId == rule.Id && v.Number == rule.Says).Select(v => v.Text).SingleAsync(ct) != says)
            db.Add(new RuleVersion { Id = db.NextId(), RuleId = rule.Id, Number = ++number, Text = says, CreatedBy = db.Actor.Ref, CreatedAt = db.Now });
        rule.Change(name, input.Position ?? rule.Position, input.Active, input.FromOn, input.ToOn, number);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
