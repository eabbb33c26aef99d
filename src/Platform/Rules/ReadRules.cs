using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Rules;

/// <summary>A rule as it is listed.</summary>
/// <param name="Says">Number of the version that holds.</param>
internal sealed record RuleRow(long Id, string Point, string Code, string Name, int Position, bool Active, DateOnly? FromOn, DateOnly? ToOn, int Says, int Version);

internal sealed class ListRules(AppDb db, CurrentActor actor) : IUse<ListRules.Input, Page<RuleRow>>
{
    /// <param name="Search">Part of code or name; case and accents do not matter.</param>
    /// <param name="PageNumber">From 1.</param>
    public sealed record Input(string? Point = null, string? Search = null, int? PageNumber = null, int? Size = null);

    public async Task<Outcome<Page<RuleRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRules);
        var rules = db.Set<Rule>().AsNoTracking();
        if (TypedText.OneLineOrNull(input.Point, 100) is { } point)
            rules = rules.Where(r => r.Point == point);
        if (SearchText.Fold(TypedText.OneLine(input.Search, 100)) is { Length: > 0 } part)
        {
            // So few that all of them are read.
            var found = (await rules.Select(r => new { r.Id, r.Code, r.Name }).ToListAsync(ct)).Where(r => Has(r.Code, part) || Has(r.Name, part)).Select(r => r.Id).ToList();
            rules = rules.Where(r => found.Contains(r.Id));
        }
        return await rules.OrderBy(r => r.Point).ThenBy(r => r.Position).ThenBy(r => r.Id)
            .Select(r => new RuleRow(r.Id, r.Point, r.Code, r.Name, r.Position, r.Active, r.FromOn, r.ToOn, r.Says, r.Version)).PageOf(input.PageNumber, input.Size, ct);
    }

    private static bool Has(string text, string part) => SearchText.Fold(text).Contains(part, StringComparison.Ordinal);
}

/// <summary>A rule with all that it ever said.</summary>
internal sealed class GetRule(AppDb db, CurrentActor actor, RuleCheck check) : IUse<GetRule.Input, GetRule.File>
{
    public sealed record Input(long Id);

    public sealed record Said(int Number, ActorRef By, DateTime At, string Text);

    /// <param name="Before">What it said in earlier versions, the newest first.</param>
    public sealed record File(
        long Id, string Point, string Code, string Name, int Position, bool Active, DateOnly? FromOn, DateOnly? ToOn, int Says, IReadOnlyList<RuleCondition> If, IReadOnlyList<RuleThen> Then, bool Any,
        IReadOnlyList<Said> Before, int Version);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRules);
        if (await db.Set<Rule>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } rule || check.Point(rule.Point) is not { } point)
            return Problem.NotFound("The rule");
        var versions = await db.Set<RuleVersion>().AsNoTracking().Where(v => v.RuleId == rule.Id).OrderByDescending(v => v.Number).ToListAsync(ct);
        var text = versions.Single(v => v.Number == rule.Says).Read();
        return new File(
            rule.Id, rule.Point, rule.Code, rule.Name, rule.Position, rule.Active, rule.FromOn, rule.ToOn, rule.Says, text.If, text.Then, text.Any,
            [.. versions.Select(v => new Said(v.Number, v.CreatedBy, v.CreatedAt, RuleWords.Of(v.Read(), point)))], rule.Version);
    }
}

/// <summary>Tries conditions on the past, before anybody is touched by them.</summary>
internal sealed class TryRule(AppDb db, CurrentActor actor, RuleCheck check) : IUse<TryRule.Input, TryRule.Tried>
{
    private const int Samples = 200;
    private const int Shown = 50;

    public sealed record Input(long Id);

    public sealed record Hit(string Text, DateTime At, string? Href);

    /// <param name="Of">So many of the past were looked at.</param>
    /// <param name="Held">For so many of them it holds.</param>
    /// <param name="Hits">The newest of these.</param>
    public sealed record Tried(int Of, int Held, string Does, IReadOnlyList<Hit> Hits);

    public async Task<Outcome<Tried>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageRules);
        if (await db.Set<Rule>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } rule || check.Point(rule.Point) is not { } point)
            return Problem.NotFound("The rule");
        var text = (await db.Set<RuleVersion>().AsNoTracking().SingleAsync(v => v.RuleId == rule.Id && v.Number == rule.Says, ct)).Read();
        var past = await point.Past(Samples, ct);
        var held = past.Where(s => text.Holds(s.Values)).ToArray();
        return new Tried(past.Count, held.Length, RuleWords.Then(text, point), [.. held.Take(Shown).Select(s => new Hit(s.Text, s.At, s.Href))]);
    }
}

/// <summary>A rule in words.</summary>
internal static class RuleWords
{
    public static string Of(RuleText text, IRulePoint point) =>
        $"If {string.Join(text.Any ? " or " : " and ", text.If.Select(c => If(c, point)))}: {Then(text, point)}.";

    public static string Then(RuleText text, IRulePoint point) =>
        string.Join(", ", text.Then.Select(t => $"{point.Acts.FirstOrDefault(a => a.Code == t.Act)?.Label.ToLowerInvariant() ?? t.Act}{(t.Value is null ? "" : $" {t.Value}")}"));

    private static string If(RuleCondition c, IRulePoint point) =>
        $"{point.Fields.FirstOrDefault(f => f.Name == c.Field)?.Label.ToLowerInvariant() ?? c.Field} {Operator(c.Operator)}{(c.Value is null ? "" : $" {c.Value}")}";

    public static string Operator(RuleOperator one) => one switch
    {
        RuleOperator.IsNot => "is not",
        RuleOperator.OneOf => "is one of",
        RuleOperator.Contains => "contains",
        RuleOperator.StartsWith => "starts with",
        RuleOperator.AtLeast => "is at least",
        RuleOperator.AtMost => "is at most",
        RuleOperator.Empty => "is empty",
        RuleOperator.NotEmpty => "is not empty",
        _ => "is",
    };
}

/// <summary>Why a version of a rule is there: what it says, and who wrote it.</summary>
internal sealed class WhyRule(AppDb db, RuleCheck check) : ITellsWhy
{
    public string Kind => "rule_version";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await (from v in db.Set<RuleVersion>().AsNoTracking() join r in db.Set<Rule>().AsNoTracking() on v.RuleId equals r.Id where v.Id == id select new { Version = v, Rule = r }).SingleOrDefaultAsync(ct) is not { } found ? null
            : new Told
            {
                Detail = $"{found.Rule.Name}, version {found.Version.Number}", Verb = "wrote the", By = found.Version.CreatedBy, At = found.Version.CreatedAt, Href = $"/admin/rules/{found.Rule.Id}",
                Remarks = check.Point(found.Rule.Point) is { } point ? [new Remark(RuleWords.Of(found.Version.Read(), point))] : [],
            };
}
