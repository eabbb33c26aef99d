using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers.Finding;
using Tieline.Platform;
using Tieline.Platform.Security;

namespace Tieline.Customers;

public sealed class CustomersModule : Module
{
    public override string Name => "Customers";

    public override IEnumerable<Permission> Permissions => CustomersPermissions.All;

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<ICustomers, CustomersDoor>();
        services.AddScoped<ITimeline, CustomerTimeline>();
        services.AddScoped<CustomerIndex>();
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
