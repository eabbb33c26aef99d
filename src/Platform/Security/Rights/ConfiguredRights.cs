using Tieline.Platform.Configuration;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>What each role may do, for other installations.</summary>
internal sealed class ConfiguredRights(ListRights list, ChangeRights change, ModuleList modules) : Configured<ConfiguredRights.Row>
{
    public sealed record Row(string Role, IReadOnlyList<string> Rights);

    public override string Part => "rights";
    public override string Title => "Rights of roles";
    public override string Permission => PlatformPermissions.ManageRoles;
    public override int Order => 910;

    protected override string KeyOf(Row row) => row.Role;
    protected override string NameOf(Row row) => Roles.InWords(row.Role);

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct)
    {
        var grid = (await list.Handle(new(), ct)).Value;
        // They mean nothing where the file goes.
        var demonstration = OnlyInDemonstration();
        return [.. grid.Roles.Select(role => new Row(role, [.. grid.Rights.Where(r => r.Roles.Contains(role) && !demonstration.Contains(r.Name)).Select(r => r.Name).Order(StringComparer.Ordinal)]))];
    }

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (!Roles.All.Contains(row.Role, StringComparer.Ordinal))
            return [Unknown(nameof(Row.Role), "role", row.Role)];
        var known = modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        if (row.Rights.FirstOrDefault(r => !known.Contains(r)) is { } unknown)
            return [Unknown(nameof(Row.Rights), "right", unknown)];
        var grid = (await list.Handle(new(), ct)).Value;
        var demonstration = OnlyInDemonstration();
        var others = grid.Rights.SelectMany(r => r.Roles.Where(role => role != row.Role || demonstration.Contains(r.Name)).Select(role => ChangeRights.Grant(role, r.Name)));
        return (await change.Handle(new(grid.Stamp, [.. others, .. row.Rights.Where(r => !demonstration.Contains(r)).Select(r => ChangeRights.Grant(row.Role, r))]), ct)).Problems;
    }

    private HashSet<string> OnlyInDemonstration() =>
        modules.Modules.SelectMany(m => m.Permissions).Where(p => p.OnlyInDemonstration).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
}
