using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Platform.Rules;

/// <summary>A rule that holds for what a room asked about.</summary>
/// <param name="VersionId">For the chain that "Why?" tells.</param>
public sealed record RuleHit(long RuleId, long VersionId, string Name, int Number, IReadOnlyList<RuleThen> Then)
{
    /// <summary>As logs name it.</summary>
    public string Text => $"{Name} (version {Number})";
}

/// <summary>The rules, for rooms that ask them.</summary>
public interface IRules
{
    /// <summary>Whether anything could be said at this point today: where not, no values need to be looked up.</summary>
    ValueTask<bool> Any(string point, CancellationToken ct);

    /// <summary>Those that hold, in their order: what a later one says overrules an earlier one.</summary>
    ValueTask<IReadOnlyList<RuleHit>> Match(string point, RuleValues values, CancellationToken ct);

    /// <summary>Makes sure that a rule exists, for rooms that bring their own. The caller saves.</summary>
    Task Ensure(string point, string code, string name, RuleText text, CancellationToken ct);
}

/// <summary>All rules with what they say now, as a node knows them.</summary>
internal sealed record KnownRules(IReadOnlyList<KnownRules.One> All)
{
    public sealed record One(Rule Rule, long VersionId, RuleText Text);

    public static async Task<KnownRules> Read(AppDb db, CancellationToken ct)
    {
        var rules = await (from r in db.Set<Rule>().AsNoTracking()
                           join v in db.Set<RuleVersion>().AsNoTracking() on new { RuleId = r.Id, Number = r.Says } equals new { v.RuleId, v.Number }
                           where r.Active
                           orderby r.Position, r.Id
                           select new { Rule = r, Version = v }).ToListAsync(ct);
        return new KnownRules([.. rules.Select(r => new One(r.Rule, r.Version.Id, r.Version.Read()))]);
    }
}

internal sealed class RuleBook(AppDb db, ReferenceCache<KnownRules> known, IUtilityClock clock) : IRules
{
    public async ValueTask<bool> Any(string point, CancellationToken ct) => (await known.Get(ct)).All.Any(r => r.Rule.Point == point);

    public async ValueTask<IReadOnlyList<RuleHit>> Match(string point, RuleValues values, CancellationToken ct)
    {
        var rules = (await known.Get(ct)).All;
        if (!rules.Any(r => r.Rule.Point == point))
            return [];
        var today = await clock.Today(ct);
        return [.. rules.Where(r => r.Rule.Point == point && r.Rule.IsInForce(today) && r.Text.Holds(values))
            .Select(r => new RuleHit(r.Rule.Id, r.VersionId, r.Rule.Name, r.Rule.Says, r.Text.Then))];
    }

    public async Task Ensure(string point, string code, string name, RuleText text, CancellationToken ct)
    {
        if (await db.Set<Rule>().AnyAsync(r => r.Point == point && r.Code == code, ct))
            return;
        Add(new Rule(db.NextId(), point, code) { Name = name, Position = await NextPosition(point, ct), Active = true }, text);
    }

    /// <summary>Adds a rule with the first version of what it says. The caller saves.</summary>
    public void Add(Rule rule, RuleText text)
    {
        db.Add(rule);
        db.Add(new RuleVersion { Id = db.NextId(), RuleId = rule.Id, Number = rule.Says, Text = RuleVersion.Write(text), CreatedBy = db.Actor.Ref, CreatedAt = db.Now });
        db.AfterCommit(known.Forget);
    }

    /// <summary>Behind all others.</summary>
    public async Task<int> NextPosition(string point, CancellationToken ct) => (await db.Set<Rule>().Where(r => r.Point == point).MaxAsync(r => (int?)r.Position, ct) ?? 0) + 10;
}
