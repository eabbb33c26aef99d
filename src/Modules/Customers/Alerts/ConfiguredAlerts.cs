using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Alerts;

/// <summary>Alerts for other installations: those of the rooms by their code, those that administrators added by code and name.</summary>
internal sealed class ConfiguredAlerts(AppDb db, AddAlert add, ChangeAlert change) : Configured<ConfiguredAlerts.Row>
{
    /// <param name="Added">By administrators, beside the one that the room brought.</param>
    public sealed record Row(
        string Code, string Name, int Position, Tone Tone, IReadOnlyDictionary<string, string> Conditions, DateOnly FromOn, bool Active = true, bool Added = false,
        CustomerClass? CustomerClass = null, DateOnly? ToOn = null);

    public override string Part => "alerts";
    public override string Title => "Alerts";
    public override string Permission => CustomersPermissions.Alerts;
    public override int Order => 400;

    protected override string KeyOf(Row row) => row.Added ? $"{row.Code}: {row.Name}" : row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        [.. (await db.Set<AlertSetting>().AsNoTracking().OrderBy(s => s.Position).ThenBy(s => s.Id).ToListAsync(ct))
            .Select(s => new Row(s.Code, s.Name, s.Position, s.Tone, s.Typed, s.FromOn, s.Active, s.Seed is null, s.CustomerClass, s.ToOn)).DistinctBy(KeyOf)];

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        var there = await db.Set<AlertSetting>().OrderBy(s => s.Id).FirstOrDefaultAsync(s => row.Added ? s.Seed == null && s.Code == row.Code && s.Name == row.Name : s.Seed == row.Code, ct);
        if (there is not null)
            return (await change.Handle(new()
            {
                Id = there.Id, Version = there.Version, Name = row.Name, Active = row.Active, Tone = row.Tone, Conditions = row.Conditions, CustomerClass = row.CustomerClass,
                FromOn = row.FromOn, ToOn = row.ToOn, Position = row.Position,
            }, ct)).Problems;
        if (!row.Added)
            return [Unknown(nameof(Row.Code), "alert", row.Code)];
        return (await add.Handle(new()
        {
            Code = row.Code, Name = row.Name, Active = row.Active, Tone = row.Tone, Conditions = row.Conditions, CustomerClass = row.CustomerClass, FromOn = row.FromOn, ToOn = row.ToOn,
            Position = row.Position,
        }, ct)).Problems;
    }
}
