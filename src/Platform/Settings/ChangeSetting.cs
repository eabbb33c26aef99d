using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Settings;

/// <summary>Decides a setting. Works at once on this node, within ten seconds on the others.</summary>
internal sealed class ChangeSetting(AppDb db, ModuleList modules, ReferenceCache<StoredSettings> cache, IAuditTrail audit, CurrentActor actor) : IUse<ChangeSetting.Input, Done>
{
    /// <param name="Version">As it was read: the second of two people who save hears of the first.</param>
    public sealed record Input(string Name, string? Value, int Version);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ChangeSettings);
        if (modules.Modules.SelectMany(m => m.Settings).FirstOrDefault(k => k.Name == input.Name) is not { } key)
            return Problem.NotFound("The setting");
        var problems = new Problems();
        var typed = problems.Text(nameof(Input.Value), "Value", input.Value, 200, anyNumber: true);
        var text = "";
        if (!problems.Any && !key.TryRead(typed, out text))
            problems.Add(nameof(Input.Value), key.Allowed is { } allowed ? $"'{typed}' cannot stand here. {allowed}." : $"'{typed}' cannot stand here.", "setting.value");
        if (problems.Any)
            return problems;

        var setting = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == key.Name, ct);
        if (input.Version != (setting is null ? 0 : setting.Version + 1))
            return Problem.Conflict($"Someone else has changed this in the meantime: it is '{setting?.Value ?? key.DefaultText}' now. What you typed is still here: look at it again, then save.");
        var before = setting?.Value ?? key.DefaultText;
        if (before == text)
            return Done.It;
        if (setting is null)
            db.Add(new Setting { Name = key.Name, Value = text });
        else
            (setting.Value, setting.Version) = (text, setting.Version + 1);
        audit.Add("changed", new RecordRef("setting", 0), null, new Dictionary<string, string[]> { [key.Name] = [before, text] });
        db.AfterCommit(cache.Forget);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
