using System.Reflection;
using Microsoft.AspNetCore.Components;
using Tieline.Platform;
using Tieline.Platform.Events;

namespace Tieline.Tests.Architecture;

/// <summary>What other rooms can reach of a room is what it means to show.</summary>
public sealed class DoorTests
{
    public static TheoryData<string> Rooms => [.. Host.House.Modules.Modules.Where(m => m is not PlatformModule).Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Only_door_events_and_components_are_public(string room)
    {
        var types = Host.House.Modules.Modules.Single(m => m.Name == room).Assembly.GetExportedTypes();
        // The door, and what it lets others plug in, stand in the first row of the room.
        var doors = types.Where(t => t.IsInterface && t.Namespace == $"Tieline.{room}");
        var events = types.Where(t => t.GetCustomAttribute<EventNameAttribute>() is not null);
        var shown = new HashSet<Type>(doors.Concat(events));
        var open = new Queue<Type>(shown);
        while (open.TryDequeue(out var type))
        {
            foreach (var named in Named(type).Where(t => t.Assembly == type.Assembly && shown.Add(t)))
                open.Enqueue(named);
        }
        // The last one is what the compiler makes of _Imports.razor.
        Assert.Empty(types.Where(t => !shown.Contains(t) && !t.IsAssignableTo(typeof(Tieline.Platform.Module)) && !t.IsAssignableTo(typeof(IComponent)) && t.Name != "_Imports").Select(t => t.FullName));
    }

    /// <summary>The types that the public members of a type name, taken out of their generics and arrays.</summary>
    private static IEnumerable<Type> Named(Type type) =>
        type.GetProperties().Select(p => p.PropertyType)
            .Concat(type.GetMethods().Where(m => m.DeclaringType == type).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)))
            .SelectMany(Apart);

    private static IEnumerable<Type> Apart(Type type) =>
        type.HasElementType ? Apart(type.GetElementType()!) : type.IsGenericType ? type.GetGenericArguments().SelectMany(Apart).Append(type) : [type];
}
