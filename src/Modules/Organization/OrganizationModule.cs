using Tieline.Platform;

namespace Tieline.Organization;

public sealed class OrganizationModule : Module
{
    public override string Name => "Organization";
}
