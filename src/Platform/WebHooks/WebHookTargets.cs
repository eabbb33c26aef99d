using System.Net;
using System.Net.Sockets;
using Tieline.Platform.Settings;

namespace Tieline.Platform.WebHooks;

/// <summary>
/// Where a web hook may go: anywhere in public, and of what is inside the company only where an administrator has allowed it. Else a hook
/// would be a way to make this machine ask whatever can be reached from it.
/// </summary>
internal sealed class WebHookTargets
{
    public const int LongestUrl = 1_000;
    private const string Nothing = "none";

    public static readonly SettingKey<string> Allowed = new(
        "webhooks.allowed_targets", Nothing, "Web hooks may go to these hosts, addresses or networks though they are not public, and without TLS",
        new("Host names, addresses and networks (10.1.0.0/16), separated by commas, or 'none'", text => TryParse(text, out _)));

    // What IANA keeps for special purposes is no place for a hook; of IPv6 only 2000::/3 is public at all.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Each of these may carry an IPv4 address inside, or stands in documentation.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Public6 = IPNetwork.Parse("2000::/3");

    private readonly HashSet<string> hosts;
    private readonly IReadOnlyList<IPNetwork> networks;

    private WebHookTargets(HashSet<string> hosts, IReadOnlyList<IPNetwork> networks) => (this.hosts, this.networks) = (hosts, networks);

    public static async Task<WebHookTargets> Read(ISettings settings, CancellationToken ct) =>
        TryParse(await settings.Get(Allowed, ct), out var targets) ? targets : new WebHookTargets([], []);

    public static bool TryParse(string text, out WebHookTargets targets)
    {
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var networks = new List<IPNetwork>();
        targets = new WebHookTargets(hosts, networks);
        foreach (var part in text == Nothing ? [] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(part, out var address))
                networks.Add(new IPNetwork(Plain(address), Plain(address).AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            else if (IPNetwork.TryParse(part, out var network))
                networks.Add(network);
            else if (Uri.CheckHostName(part) == UriHostNameType.Dns)
                hosts.Add(part);
            else
                return false;
        }
        return true;
    }

    /// <summary>Whether a connection may go to this address of this host.</summary>
    public bool May(Uri url, IPAddress address) => IsAllowed(url, address) || (url.Scheme == Uri.UriSchemeHttps && IsPublic(address));

    /// <summary>What is wrong with an address typed for a hook; null when nothing is that can be seen without asking for its name.</summary>
    public string? Refusal(string typed, out Uri? url)
    {
        if (!Uri.TryCreate(typed, UriKind.Absolute, out url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.IdnHost.Length == 0)
            return "Give the whole address, beginning with https://";
        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            return "The address must have no user name, no password and nothing behind a #. What the target needs to know us by is the signature.";
        var literal = IPAddress.TryParse(url.IdnHost, out var address);
        if (url.Scheme == Uri.UriSchemeHttp && !(literal ? IsAllowed(url, address!) : hosts.Contains(url.IdnHost)))
            return $"It must begin with https://, unless an administrator has allowed this host in the setting {Allowed.Name}.";
        if (literal ? !May(url, address!) : IsLocalName(url.IdnHost) && !hosts.Contains(url.IdnHost))
            return $"{url.IdnHost} is not a public address. An administrator may allow it in the setting {Allowed.Name}.";
        return null;
    }

    public static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        return (plain.AddressFamily == AddressFamily.InterNetwork || Public6.Contains(plain)) && !Array.Exists(Special, n => n.Contains(plain));
    }

    private bool IsAllowed(Uri url, IPAddress address) => hosts.Contains(url.IdnHost) || networks.Any(n => n.Contains(Plain(address)));

    private static bool IsLocalName(string host) =>
        host.TrimEnd('.') is var name && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>Asks for the addresses of a name. A seam for tests: what a name means changes between two questions when somebody wants it to.</summary>
internal interface IFindAddresses
{
    Task<IPAddress[]> Of(string host, CancellationToken ct);
}

internal sealed class SystemAddresses : IFindAddresses
{
    public Task<IPAddress[]> Of(string host, CancellationToken ct) => Dns.GetHostAddressesAsync(host, ct);
}
