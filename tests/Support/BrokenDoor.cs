using System.Reflection;

namespace Tieline.Tests.Support;

/// <summary>A door of a room behind which nothing works.</summary>
public class BrokenDoor : DispatchProxy
{
    public static T Of<T>() where T : class => Create<T, BrokenDoor>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new InvalidOperationException("broken");
}
