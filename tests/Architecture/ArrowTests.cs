namespace Tieline.Tests.Architecture;

public sealed class ArrowTests
{
    // From the ground up. A room may reference those before it.
    private static readonly string[] Rooms =
    [
        "Organization", "Customers", "ToDos", "Contacts", "Correspondence", "Operations", "Billing",
    ];

    private static readonly Dictionary<string, string[]> Allowed = Rules();

    public static TheoryData<string> Projects =>
        [.. House.Files(House.Src, ".csproj").Select(House.Relative).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_point_downward(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Assert.True(Allowed.TryGetValue(name, out var allowed),
            $"{project} has no place in the order of the house; give it one in {nameof(ArrowTests)}");

        var wrong = House.ReferencesOf(Path.Combine(House.Root, project)).Except(allowed, StringComparer.Ordinal).ToList();
        Assert.True(wrong.Count == 0, $"{project} must not reference {string.Join(", ", wrong)}");
    }

    [Fact]
    public void Every_room_stands_in_its_own_folder()
    {
        var rooms = Directory.GetDirectories(Path.Combine(House.Src, "Modules")).Select(f => Path.GetFileName(f)!);
        Assert.Equal(Rooms.Order(StringComparer.Ordinal), rooms.Order(StringComparer.Ordinal));
        Assert.All(Rooms, room => Assert.True(File.Exists(Path.Combine(House.Src, "Modules", room, $"{room}.csproj"))));
    }

    private static Dictionary<string, string[]> Rules()
    {
        var allowed = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["Platform"] = [] };
        for (var i = 0; i < Rooms.Length; i++)
        {
            allowed[Rooms[i]] = ["Platform", .. Rooms[..i]];
        }

        allowed["Desk"] = ["Platform", .. Rooms];
        allowed["Portal"] = ["Platform", .. Rooms];
        allowed["Host"] = ["Platform", .. Rooms, "Desk", "Portal"];
        return allowed;
    }
}
