namespace Tieline.Tests.Support;

/// <summary>The real clock, shifted: time goes on, from where a test put it.</summary>
public sealed class TestClock : TimeProvider
{
    private TimeSpan shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;

    public void Set(DateTimeOffset now) => shift = now - base.GetUtcNow();

    public void Advance(TimeSpan by) => shift += by;
}
