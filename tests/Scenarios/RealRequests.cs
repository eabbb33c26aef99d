using System.Text;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Import;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Import;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Scenarios;

/// <summary>Two files of requests to cities, written by nobody here: every row is accounted for, and the second time nothing is added.</summary>
public class RealRequests
{
    [Theory, BothDatabases]
    public async Task Los_Angeles(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var first = await Import(house, "la_myla311_2017-12.csv", "la-myla311.json");
        Assert.Equal(new ImportTotals(9_999, 9_999, 0, 0), first.Totals);
        Assert.Equal(new ImportTotals(9_999, 0, 9_999, 0), (await Import(house, "la_myla311_2017-12.csv", "la-myla311.json")).Totals);

        await using var scope = house.As(Roles.Supervisor);
        var contacts = scope.Db.Set<Contact>();
        Assert.Equal(9_999, await contacts.CountAsync());
        Assert.Equal(5, await contacts.CountAsync(c => c.Status == ContactStatus.Open));
        Assert.Equal(5, await scope.Db.Set<Reminder>().CountAsync());
        Assert.Equal(100, await contacts.CountAsync(c => c.PersonId == null && c.PremiseId != null));
        Assert.Equal(4_188, await contacts.CountAsync(c => c.Channel == Channel.Phone));
        Assert.All(await scope.Db.Set<Person>().Select(p => p.Kind).ToListAsync(), kind => Assert.Equal(PersonKind.Organization, kind));
        // 12/31/2017 11:59:58 PM on the Pacific coast.
        var last = await contacts.SingleAsync(c => c.ExternalKey == "1-870704831");
        Assert.Equal(new DateTime(2018, 1, 1, 7, 59, 58, DateTimeKind.Utc), last.OccurredAt);
        Assert.True((await scope.Get<ISearch>().Find("bellevue 90026", null, 10, CancellationToken.None)).Total > 0);
    }

    [Theory, BothDatabases]
    public async Task Boston(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (totals, rejects) = await Import(house, "boston_311_2011_sample12k.csv", "boston-311.json");
        Assert.Equal(new ImportTotals(12_000, 11_404, 0, 596), totals);
        Assert.Equal(597, rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("neither a place nor an organisation", rejects, StringComparison.Ordinal);

        await using var scope = house.As(Roles.Supervisor);
        var open = await scope.Db.Set<Contact>().CountAsync(c => c.Status == ContactStatus.Open);
        Assert.Equal(open, await scope.Db.Set<Reminder>().CountAsync());
        Assert.True(await scope.Db.Set<Premise>().AnyAsync(p => p.Kind == PremiseKind.Location && p.CrossStreet != null));

        // Someone mends the file of rejects by naming a neighbourhood, and imports it: the two columns that say why are left alone.
        var mended = await Import(house, Mend(rejects, "neighborhood", "Mission Hill"), "boston-311.json");
        Assert.Equal(new ImportTotals(596, 596, 0, 0), mended.Totals);
        Assert.Equal(12_000, await scope.Db.Set<Contact>().CountAsync());
    }

    private static Stream Mend(string rejects, string column, string value)
    {
        using var source = new CsvSource(new MemoryStream(Encoding.UTF8.GetBytes(rejects)));
        var mended = new StringWriter();
        using (var writer = CsvHelper.CsvWriter.Create(mended))
        {
            writer.WriteRecord([.. source.Columns]);
            foreach (var (row, _) in source.Rows())
                writer.WriteRecord([.. source.Columns.Select(c => c == column ? value : row[c])]);
        }
        return new MemoryStream(Encoding.UTF8.GetBytes(mended.ToString()));
    }

    private static Task<(ImportTotals Totals, string Rejects)> Import(TestHouse house, string file, string mappingFile) =>
        Import(house, File.OpenRead(Paths.InSharedData("service_requests", file)), mappingFile);

    private static async Task<(ImportTotals Totals, string Rejects)> Import(TestHouse house, Stream file, string mappingFile)
    {
        var mapping = ContactMapping.Read(await File.ReadAllTextAsync(Paths.InProject("examples/import", mappingFile)));
        var rejects = new StringWriter();
        using var source = new CsvSource(file);
        Assert.Null(mapping.Check(source.Columns));
        var totals = await ImportFile.Run(source, () => rejects, async rows =>
        {
            await using var scope = house.As(Roles.BusinessAdministrator);
            return (await scope.Get<ImportContactRows>().Handle(new(mapping, rows), CancellationToken.None)).Value.Results;
        }, null);
        return (totals, rejects.ToString());
    }
}
