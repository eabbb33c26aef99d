using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Settings;

/// <summary>Settings that differ from their defaults, for other installations.</summary>
internal sealed class ConfiguredSettings(AppDb db, ListSettings list, ChangeSetting change) : Configured<ConfiguredSettings.Row>
{
    public sealed record Row(string Name, string Value);

    public override string Part => "settings";
    public override string Title => "Settings";
    public override string Permission => PlatformPermissions.ChangeSettings;
    public override int Order => 900;

    protected override string KeyOf(Row row) => row.Name;
    protected override string NameOf(Row row) => row.Value;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        [.. (await list.Handle(new(), ct)).Value.Where(s => s.Version > 0 || s.Value != s.Default).Select(s => new Row(s.Name, s.Value))];

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        var version = await db.Set<Setting>().Where(s => s.Name == row.Name).Select(s => (int?)s.Version).SingleOrDefaultAsync(ct);
        return (await change.Handle(new(row.Name, row.Value, version + 1 ?? 0), ct)).Problems;
    }
}
