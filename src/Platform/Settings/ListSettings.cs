using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Settings;

/// <param name="Value">In force.</param>
/// <param name="Allowed">What may stand in it, in words.</param>
/// <param name="Version">Of the value; 0 while it is the default.</param>
public sealed record SettingLine(string Name, string Room, string Description, string Value, string Default, string? Allowed, int Version);

/// <summary>What the utility decides, with what is in force.</summary>
internal sealed class ListSettings(AppDb db, ModuleList modules, CurrentActor actor) : IUse<ListSettings.Input, IReadOnlyList<SettingLine>>
{
    /// <param name="Search">Part of a name, description, room or value.</param>
    public sealed record Input(string? Search = null);

    public async Task<Outcome<IReadOnlyList<SettingLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ChangeSettings);
        var stored = await db.Set<Setting>().AsNoTracking().ToDictionaryAsync(s => s.Name, StringComparer.Ordinal, ct);
        var part = TypedText.OneLine(input.Search, 100);
        return Outcome<IReadOnlyList<SettingLine>>.Of(
        [
            .. modules.Modules.SelectMany(m => m.Settings.Select(key => Line(m, key, stored.GetValueOrDefault(key.Name))))
                .Where(line => new[] { line.Name, line.Description, line.Room, line.Value }.Any(text => text.Contains(part, StringComparison.OrdinalIgnoreCase))),
        ]);
    }

    private static SettingLine Line(Module room, ISettingKey key, Setting? stored) => new(
        key.Name, room.Name, key.Description, stored?.Value ?? key.DefaultText, key.DefaultText, key.Allowed, stored is null ? 0 : stored.Version + 1);
}
