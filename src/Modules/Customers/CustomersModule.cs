using Tieline.Platform;

namespace Tieline.Customers;

public sealed class CustomersModule : Module
{
    public override string Name => "Customers";
}
