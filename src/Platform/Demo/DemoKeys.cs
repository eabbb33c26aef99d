using Tieline.Platform.Settings;

namespace Tieline.Platform.Demo;

/// <summary>
/// Where the keys of loaded records begin: person i has the key First + i, and so on. Rooms above find with it what rooms below
/// have loaded, without a list of millions of keys.
/// </summary>
public static class DemoKeys
{
    public static readonly SettingKey<long> FirstPerson = new("demo.first.person", 0, "Key of the demonstration's first person");
    public static readonly SettingKey<long> FirstAccount = new("demo.first.account", 0, "Key of the demonstration's first account");
    public static readonly SettingKey<long> FirstPremise = new("demo.first.premise", 0, "Key of the demonstration's first premise");
}
