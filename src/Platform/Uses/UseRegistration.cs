using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tieline.Platform.Uses;

public static class UseRegistration
{
    /// <summary>Registers every <see cref="IUse{TInput, TResult}"/> of a room, so that writing one is all there is to adding one.</summary>
    public static void AddUses(this IServiceCollection services, Assembly room)
    {
        foreach (var type in room.GetTypes())
        {
            if (type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && Array.Exists(type.GetInterfaces(), IsUse))
                services.TryAddScoped(type);
        }
    }

    private static bool IsUse(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IUse<,>);
}
