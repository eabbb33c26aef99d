using Tieline.Platform;

namespace Tieline.Desk;

/// <summary>The employees' pages that show several rooms together.</summary>
public sealed class DeskModule : Module
{
    public override string Name => "Desk";
}
