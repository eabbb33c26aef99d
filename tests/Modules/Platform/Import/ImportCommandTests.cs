using Tieline.Host.Commands;
using Tieline.Tests.Modules.Platform.Security;
using Tieline.Tests.Support;
using static Tieline.Tests.Modules.Platform.TypedCommand;

namespace Tieline.Tests.Modules.Platform.Import;

/// <summary><c>./tieline import …</c> as it is typed, in this process and beside a running node.</summary>
[Collection(CommandLineTests.OneAtATime)]
public sealed class ImportCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Without_a_node_every_row_is_accounted_for(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Imports(house.Directory, await At(house));
    }

    [Fact]
    public async Task Beside_a_node_every_row_is_accounted_for()
    {
        await using var node = await RunningNode.Start(Token);
        await Imports(node.Options.DataDirectory, ["--data", node.Options.DataDirectory]);
    }

    private static async Task Imports(string directory, string[] at)
    {
        var file = Path.Combine(directory, "people.csv");
        await File.WriteAllTextAsync(file, "Person_ID,Full_Name,Born_On\n1,Ana Ruiz,1984-03-12\n2,Bo Ruiz,2999-01-01\n3,Cy Ruiz,\n4,Di\n", Token);
        string[] customers = [.. at, "import", "customers", file, "--source", "old"];
        var rejects = Path.Combine(directory, "people.rejects.csv");
        var told = $"The rejected rows stand in {rejects}, with the reason: mend them and import that file.";
        Assert.Equal((Exit.DataRejected, "4 rows: 2 imported, 0 already there, 2 rejected", told), await Type(customers));
        Assert.Equal((Exit.DataRejected, "4 rows: 0 imported, 2 already there, 2 rejected", told), await Type(customers));

        var rows = await File.ReadAllTextAsync(rejects, Token);
        Assert.StartsWith("Person_ID,Full_Name,Born_On,rejected_line,rejected_because\n2,Bo Ruiz,2999-01-01,3,", rows, StringComparison.Ordinal);
        await File.WriteAllTextAsync(rejects, rows.Replace("2999", "1999", StringComparison.Ordinal).Replace("4,Di,", "4,Di,,", StringComparison.Ordinal), Token);
        Assert.Equal((Exit.Done, "2 rows: 2 imported, 0 already there, 0 rejected", ""), await Type([.. at, "import", "customers", rejects, "--source", "old"]));

        var contacts = Path.Combine(directory, "requests.csv");
        await File.WriteAllTextAsync(
            contacts,
            """
            CASE_ENQUIRY_ID,open_dt,closed_dt,target_dt,case_status,closure_reason,case_title,reason,type,queue,location,neighborhood,source
            101,2023-01-02 08:15:00,2023-01-03 09:00:00,,Closed,Lamp replaced,Street light out,Street Lights,Street Light Outages,PWDx,,Roxbury,Constituent Call

            """, Token);
        string[] requests = [.. at, "import", "contacts", contacts, "--mapping", Paths.InProject("examples", "import", "boston-311.json")];
        Assert.Equal((Exit.Done, "1 rows: 1 imported, 0 already there, 0 rejected", ""), await Type(requests));
        Assert.Equal((Exit.Done, "1 rows: 0 imported, 1 already there, 0 rejected", ""), await Type(requests));

        var balances = Path.Combine(directory, "balances.csv");
        await File.WriteAllTextAsync(balances, "account_id,balance,disconnect\nA-9,84.20,\nA-1,84.20,Soon\n", System.Text.Encoding.Unicode, Token);
        await File.WriteAllTextAsync(file, "person_id,full_name,account_id\n9,Eve Ruiz,A-9\n", Token);
        Assert.Equal(Exit.Done, (await Type(customers)).Code);
        string[] standing = [.. at, "import", "balances", balances, "--source", "old"];
        Assert.Equal((Exit.DataRejected, "2 rows: 1 imported, 0 already there, 1 rejected"), Told(await Type(standing)));
        Assert.Equal((Exit.DataRejected, "2 rows: 0 imported, 1 already there, 1 rejected"), Told(await Type(standing)));
        await File.WriteAllTextAsync(balances, "account_id,bill_number,to_on,amount\nA-9,1,2026-10-31,84.20\n", Token);
        Assert.Equal((Exit.Done, "1 rows: 1 imported, 0 already there, 0 rejected"), Told(await Type([.. at, "import", "bills", balances, "--source", "old", "--as-of", "2026-11-01 06:00"])));
        Assert.Equal(Exit.Failed, (await Type([.. at, "import", "bills", balances, "--source", "old", "--as-of", "soon"])).Code);

        var (code, output, error) = await Type([.. at, "import", "customers", Path.Combine(directory, "nothing.csv")]);
        Assert.Equal((Exit.Failed, ""), (code, output));
        Assert.StartsWith("tieline: there is no file ", error, StringComparison.Ordinal);
    }

    private static (int, string) Told((int Code, string Output, string Error) said) => (said.Code, said.Output);
}
