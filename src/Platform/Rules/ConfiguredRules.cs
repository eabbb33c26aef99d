using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Rules;

/// <summary>Rules for other installations, with what they say now.</summary>
internal sealed class ConfiguredRules(AppDb db, AddRule add, ChangeRule change) : Configured<ConfiguredRules.Row>
{
    public sealed record Row(string Point, string Code, string Name, int Position, IReadOnlyList<RuleCondition> If, IReadOnlyList<RuleThen> Then, bool Any = false, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public override string Part => "rules";
    public override string Title => "Rules";
    public override string Permission => PlatformPermissions.ManageRules;
    // They name types and roles.
    public override int Order => 600;

    protected override string KeyOf(Row row) => $"{row.Point} {row.Code}";
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        [.. (await (from r in db.Set<Rule>().AsNoTracking()
                    join v in db.Set<RuleVersion>().AsNoTracking() on new { RuleId = r.Id, Number = r.Says } equals new { v.RuleId, v.Number }
                    orderby r.Point, r.Code
                    select new { Rule = r, Version = v }).ToListAsync(ct))
            .Select(f => f.Version.Read() is var text ? new Row(f.Rule.Point, f.Rule.Code, f.Rule.Name, f.Rule.Position, text.If, text.Then, text.Any, f.Rule.Active, f.Rule.FromOn, f.Rule.ToOn) : null!)];

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct) =>
        await db.Set<Rule>().AsNoTracking().SingleOrDefaultAsync(r => r.Point == row.Point && r.Code == row.Code, ct) is { } rule
            ? (await change.Handle(new(rule.Id, rule.Version, row.Name, row.If, row.Then, row.Any, row.Position, row.Active, row.FromOn, row.ToOn), ct)).Problems
            : (await add.Handle(new(row.Point, row.Code, row.Name, row.If, row.Then, row.Any, row.Position, row.Active, row.FromOn, row.ToOn), ct)).Problems;
}
