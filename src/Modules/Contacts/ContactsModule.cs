using Tieline.Platform;

namespace Tieline.Contacts;

public sealed class ContactsModule : Module
{
    public override string Name => "Contacts";
}
