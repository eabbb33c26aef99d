using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Maintenance;

internal static class MaintenanceParts
{
    public static void AddMaintenance(this IServiceCollection services)
    {
        services.AddReferenceCache(KnownMaintenance.Read, KnownMaintenance.Fresh);
        services.AddScoped<IShellBar, MaintenanceBar>();
        services.AddSingleton(new RecordPage(MaintenanceTime.Kind, "maintenance", "/admin/maintenance", MaintenancePermissions.Manage));
        foreach (var (path, permission) in ((string, string?)[])
            [
                ("/sign-in", null), ("/sign-out", null),
                ("/admin/maintenance", MaintenancePermissions.Manage), ("/api/v1/maintenance", MaintenancePermissions.Manage),
                ("/api/v1/batch-runs", BatchPermissions.Run), ("/api/v1/batch-schedules", BatchPermissions.Manage), ("/api/v1/batches", BatchPermissions.Manage), ("/api/v1/jobs", PlatformPermissions.ManageJobs),
            ])
            services.AddSingleton(new GoesOnInMaintenance(path, permission));
    }

    public static void MapMaintenance(this RouteGroupBuilder api)
    {
        api.MapGetUse<ListMaintenance, ListMaintenance.Input, Page<MaintenanceLine>>("/maintenance");
        api.MapPostUse<BeginMaintenance, BeginMaintenance.Input, Added>("/maintenance", StatusCodes.Status201Created);
        api.MapPostUse<EndMaintenance, EndMaintenance.Input, Done>("/maintenance/end");
    }
}

internal static class MaintenancePermissions
{
    public const string Manage = "maintenance.manage";

    public static readonly Permission[] All = [new(Manage, "Make the desk read-only for maintenance, and end that", Roles.TechnicalAdministrator, Roles.Operator)];
}

/// <summary>Stands above every page while the desk is read-only.</summary>
internal sealed class MaintenanceBar(ReferenceCache<KnownMaintenance> known, CurrentActor actor, IUtilityClock clock) : IShellBar
{
    public int Order => 10;

    public void Forget() => known.Forget();

    public async Task<ShellBarLine?> Now(CancellationToken ct) => (await known.Get(ct)).Running is not { } running ? null
        : new ShellBarLine("maintenance", Tone.Warning, "tool", "Read-only for maintenance", $"{await MaintenanceWords.Span(running, clock, ct)}. {MaintenanceWords.Sentence(running.Reason)}")
        {
            Href = actor.May(MaintenancePermissions.Manage) ? "/admin/maintenance" : null, HrefText = "End it",
        };
}
