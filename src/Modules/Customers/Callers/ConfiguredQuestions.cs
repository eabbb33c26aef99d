using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Callers;

/// <summary>The questions by which callers show who they are, for other installations.</summary>
internal sealed class ConfiguredQuestions(AppDb db, AddQuestion add, ChangeQuestion change) : Configured<ConfiguredQuestions.Row>
{
    public sealed record Row(string Code, string Question, HeldValue ComparedWith, int Position, bool Active, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public override string Part => "verification-questions";
    public override string Title => "Caller questions";
    public override string Permission => CustomersPermissions.Questions;
    public override int Order => 410;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Question;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        await db.Set<VerificationQuestion>().AsNoTracking().OrderBy(q => q.Code).Select(q => new Row(q.Code, q.Text, q.Checks, q.Position, q.Active, q.FromOn, q.ToOn)).ToListAsync(ct);

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (await db.Set<VerificationQuestion>().AsNoTracking().SingleOrDefaultAsync(q => q.Code == row.Code, ct) is not { } kept)
        {
            var added = await add.Handle(new(row.Code, row.Question, row.ComparedWith, row.Position, row.FromOn, row.ToOn), ct);
            if (!added.Ok || row.Active)
                return added.Problems;
            kept = await db.Set<VerificationQuestion>().AsNoTracking().SingleAsync(q => q.Id == added.Value.Id, ct);
        }
        return (await change.Handle(new(kept.Id, kept.Version, row.Question, row.ComparedWith, row.Position, row.Active, row.FromOn, row.ToOn), ct)).Problems;
    }
}
