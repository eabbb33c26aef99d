namespace Tieline.Tests.Support;

/// <summary>Two do something at the same moment.</summary>
public static class Races
{
    /// <summary>
    /// Long enough for the others to come upon what the open transaction holds, and to wait for it; less when one of them does not wait. A test passes or
    /// fails by what they do then: on a machine on which they come later than that, they find what is committed, which is right, too.
    /// </summary>
    public static Task Meet(params Task[] others) => Task.WhenAny([.. others, Task.Delay(TimeSpan.FromSeconds(1))]);
}
