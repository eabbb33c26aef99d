using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Organization.Departments;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization;

public sealed class OrganizationModule : Module
{
    public override string Name => "Organization";

    public override IEnumerable<Permission> Permissions => [OrganizationPermissions.ManageRight, OrganizationPermissions.ReadRight];

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<IOrganization, OrganizationDoor>();
        services.AddScoped<AddDepartment>();
        services.AddScoped<ChangeDepartment>();
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        api.MapPostUse<AddDepartment, AddDepartment.Input, AddDepartment.Added>("/departments", 201);
        api.MapUse<ChangeDepartment, ChangeDepartment.Input, Done>("PUT", "/departments/{id:long}", (input, route) => input with { Id = route.Id() });
    }
}

internal static class OrganizationPermissions
{
    public const string Manage = "organization.manage";
    public const string Read = "organization.read";

    public static readonly Permission ManageRight = new(Manage, "Keep departments, employees, skills, To Do roles, absences and calendars", Roles.BusinessAdministrator);
    public static readonly Permission ReadRight = new(Read, "See the directory of employees", Roles.All);
}
