using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform;
using Tieline.Platform.Security;

namespace Tieline.ToDos;

public sealed class ToDosModule : Module
{
    public override string Name => "ToDos";

    public override IEnumerable<Permission> Permissions => ToDosPermissions.All;

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<IToDos, ToDosDoor>();
    }
}

internal static class ToDosPermissions
{
    public const string Work = "todos.work";
    public const string ReadAll = "todos.read-all";
    public const string ForwardAll = "todos.forward-all";
    public const string Types = "todos.types";

    public static readonly Permission[] All =
    [
        new(Work, "See and do one's own work and that of one's roles", [.. Roles.Desk, Roles.Operator, Roles.TechnicalAdministrator]),
        new(ReadAll, "See everyone's work", Roles.Supervisor),
        new(ForwardAll, "Forward and complete everyone's work", Roles.Supervisor),
        new(Types, "Keep To Do types", Roles.BusinessAdministrator),
    ];
}
