using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.WrapUps;

/// <summary>Wrap-up codes for other installations.</summary>
internal sealed class ConfiguredWrapUps(AppDb db, AddWrapUpCode add, ChangeWrapUpCode change) : Configured<ConfiguredWrapUps.Row>
{
    public sealed record Row(string Code, string Name, bool Resolves, int Position, DateOnly FromOn, DateOnly? ToOn = null);

    public override string Part => "wrap-up-codes";
    public override string Title => "Wrap-up codes";
    public override string Permission => ContactsPermissions.Types;
    public override int Order => 320;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        await db.Set<WrapUpCode>().AsNoTracking().OrderBy(c => c.Code).Select(c => new Row(c.Code, c.Name, c.Resolves, c.Position, c.FromOn, c.ToOn)).ToListAsync(ct);

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (await db.Set<WrapUpCode>().AsNoTracking().SingleOrDefaultAsync(c => c.Code == row.Code, ct) is not { } kept)
            return (await add.Handle(new(row.Code, row.Name, row.Resolves, row.Position, row.FromOn, row.ToOn), ct)).Problems;
        return (await change.Handle(new(kept.Id, kept.Version, row.Name, row.Resolves, row.Position, row.FromOn, row.ToOn), ct)).Problems;
    }
}

internal sealed class UsedWrapUp(AppDb db) : IUsedBy
{
    public string Kind => "wrap_up_code";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
        [new("contacts", await db.Set<Contact>().Where(c => c.WrapUpCodeId == id).Take(UsedByLine.Most + 1).CountAsync(ct), $"/contacts?wrapup={id}")];
}
