using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers.Finding;
using Tieline.Platform;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers;

public sealed class CustomersModule : Module
{
    public override string Name => "Customers";

    public override IEnumerable<Permission> Permissions => CustomersPermissions.All;

    public override void MapApi(RouteGroupBuilder api) =>
        api.MapPostUse<Import.ImportCustomerRows, Import.ImportCustomerRows.Input, Import.ImportCustomerRows.Imported>("/imports/customers");

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<ICustomers, CustomersDoor>();
        services.AddScoped<ITimeline, CustomerTimeline>();
        services.AddScoped<CustomerIndex>();
        services.AddScoped<Import.KnownPlaces>();
        services.AddScoped<Import.ImportCustomerRows>();
        services.AddScoped<IDemoData, Demo.CustomersDemo>();
    }
}

internal static class CustomersPermissions
{
    public const string Read = "customers.read";
    public const string Change = "customers.change";
    public const string Identifiers = "customers.identifiers";
    public const string Import = "customers.import";

    public static readonly Permission[] All =
    [
        new(Read, "Find and see people, accounts, premises and their history", Roles.Desk),
        new(Change, "Add and change people, accounts, premises and agreements", Roles.Desk),
        new(Identifiers, "See national ids and other secret numbers in full", Roles.Supervisor, Roles.BackOffice),
        new(Import, "Import customers from files", Roles.BusinessAdministrator, Roles.TechnicalAdministrator),
    ];
}
