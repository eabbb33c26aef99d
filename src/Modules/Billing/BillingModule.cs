using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Billing.Standing;
using Tieline.Platform;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Billing;

public sealed class BillingModule : Module
{
    public override string Name => "Billing";

    public override IEnumerable<Permission> Permissions => BillingPermissions.All;

    public override IEnumerable<ISettingKey> Settings => [BillingSettings.StaleHours, BillingSettings.BillsKept];

    public override IEnumerable<string> Sheets => ["_content/Tieline.Billing/billing.css"];

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<IBilling, BillingDoor>();
        services.AddScoped<StandingBook>();
        services.AddScoped<FeedRows>();
        services.AddScoped<Customers.IHeldAmounts, HeldAmounts>();
        StandingAlerts.Add(services);
        services.AddScoped<IDemoData, Demo.BillingDemo>();
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        var standing = api.MapGroup("").WithTags("Standing");
        standing.MapGetUse<GetStanding, GetStanding.Input, GetStanding.Found>("/accounts/{number}/standing");
        standing.MapUse<SetStanding, SetStanding.Input, SetStanding.Answer>("PUT", "/accounts/{number}/standing", (input, route) => input with { Number = (string?)route["number"] });
        api.MapPostUse<ImportBalanceRows, FeedInput, ImportBalanceRows.Imported>("/imports/balances");
        api.MapPostUse<ImportBillRows, FeedInput, ImportBillRows.Imported>("/imports/bills");
    }
}

internal static class BillingPermissions
{
    public const string Read = "billing.read";
    public const string Standing = "billing.standing";

    public static readonly Permission[] All =
    [
        new(Read, "See balances, bills and payment arrangements", Roles.Desk),
        new(Standing, "Bring balances and bills in from the billing system", Roles.Operator, Roles.BusinessAdministrator, Roles.TechnicalAdministrator),
    ];
}

internal static class BillingSettings
{
    public static readonly SettingKey<int> StaleHours = new("billing.stale_hours", 36, "Hours after which what the billing system said is marked as old", SettingRules.Between(1, 8_760));
    public static readonly SettingKey<int> BillsKept = new("billing.bills_kept", 24, "Bills kept of each account and service", SettingRules.Between(1, 240));
}
