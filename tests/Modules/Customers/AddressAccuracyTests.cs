using System.Text.Json;
using System.Xml.Linq;
using Tieline.Customers.Premises;
using Tieline.Platform.Search;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

/// <summary>How well real addresses are taken apart, against labels that others gave them.</summary>
public sealed class AddressAccuracyTests(ITestOutputHelper output)
{
    [Fact]
    public void Labelled_addresses_of_fifty_states()
    {
        var score = new Score();
        foreach (var labelled in XDocument.Load(SharedData("names", "usaddress_us50_test_tagged.xml"), LoadOptions.PreserveWhitespace).Root!.Elements("AddressString"))
        {
            var text = labelled.Value;
            var parts = AddressText.Parse(text);
            if (Label(labelled, "AddressNumber") is { } number)
            {
                score.Count("number", Folded(number), Folded(parts.HouseNumber), text);
            }
            // An intersection has two streets under one label; it is judged by the data of Boston and Los Angeles.
            if (Label(labelled, "StreetName") is { } street && Label(labelled, "IntersectionSeparator") is null)
            {
                score.Count("street", Canonical(street), Canonical(parts.Street), text);
            }
            if (Label(labelled, "PlaceName") is { } place)
            {
                score.Count("town", Folded(place), Folded(parts.City), text);
            }
            if (Label(labelled, "OccupancyIdentifier") is { } unit)
            {
                score.Count("unit", Folded(unit), Folded(parts.Unit?[(parts.Unit.IndexOf(' ', StringComparison.Ordinal) + 1)..]), text);
            }
            score.Count("state", Folded(Label(labelled, "StateName")), Folded(parts.State), text);
            score.Count("zip", Folded(Label(labelled, "ZipCode")), Folded(parts.PostalCode), text);
        }
        score.Report(output);
        score.AtLeast(("number", 0.99), ("street", 0.98), ("zip", 1), ("state", 1), ("town", 0.99), ("unit", 0.9));
    }

    [Fact]
    public void Deliverable_addresses_of_the_states()
    {
        var score = new Score();
        using var file = JsonDocument.Parse(File.ReadAllText(SharedData("names", "rrad_addresses_us.json")));
        foreach (var row in file.RootElement.GetProperty("addresses").EnumerateArray())
        {
            var first = Value(row, "address1");
            var line = $"{first} {Value(row, "address2")}, {Value(row, "city")}, {Value(row, "state")} {Value(row, "postalCode")}";
            var parts = AddressText.Parse(line);
            score.Count("number", Folded(first.Split(' ')[0]), Folded(parts.HouseNumber?.Split(' ')[0]), line);
            if (Value(row, "city") is { Length: > 0 } city)
            {
                score.Count("town", Folded(city), Folded(parts.City), line);
            }
            score.Count("state", Folded(Value(row, "state")), Folded(parts.State), line);
            score.Count("zip", Folded(Value(row, "postalCode")), Folded(parts.PostalCode), line);
            var again = AddressText.Parse(parts.OneLine);
            score.Count("again", AddressText.MatchKey(parts), AddressText.MatchKey(again), line);
            score.Count("without commas", AddressText.MatchKey(parts), AddressText.MatchKey(AddressText.Parse(line.Replace(",", string.Empty, StringComparison.Ordinal))), line);
        }
        score.Report(output);
        score.AtLeast(("number", 0.99), ("town", 0.99), ("state", 1), ("zip", 1), ("again", 0.99), ("without commas", 0.98));
    }

    [Theory]
    [InlineData("la_myla311_2017-12.csv")]
    [InlineData("la_myla311_2018-12.csv")]
    public void Requests_of_Los_Angeles(string name)
    {
        var score = new Score();
        foreach (var row in Csv(name))
        {
            var text = row["Address"];
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }
            var parts = AddressText.Parse(text);
            if (row["ZipCode"].Length > 0)
            {
                score.Count("zip", Folded(row["ZipCode"]), Folded(parts.PostalCode), text);
            }
            if (text.Contains(" AT ", StringComparison.Ordinal) && row["HouseNumber"].Length == 0)
            {
                score.Count("intersection", "True", $"{parts is { IsIntersection: true, StreetName: not null, CrossStreet.Length: > 0 }}", text);
                continue;
            }
            if (row["HouseNumber"].Length == 0 || row["StreetName"].Length == 0)
            {
                // Not every row was taken apart by the city.
                continue;
            }
            score.Count("number", Folded(row["HouseNumber"]), Folded(parts.HouseNumber?.Split(' ')[0]), text);
            score.Count("direction", Folded(row["Direction"]), Folded(parts.PreDirection), text);
            score.Count("street", Canonical($"{row["StreetName"]} {row["Suffix"]}"), Canonical($"{parts.StreetName} {parts.StreetType}"), text);
            score.Count("again", AddressText.MatchKey(parts), AddressText.MatchKey(AddressText.Parse(parts.OneLine)), text);
        }
        score.Report(output);
        score.AtLeast(("number", 0.99), ("zip", 0.99), ("street", 0.99), ("direction", 0.99), ("intersection", 0.99), ("again", 0.99));
    }

    [Fact]
    public void Requests_of_Boston()
    {
        var score = new Score();
        foreach (var row in Csv("boston_311_2011_sample12k.csv"))
        {
            var text = row["location"];
            var street = row["location_street_name"];
            if (string.IsNullOrWhiteSpace(street))
            {
                continue;
            }
            var parts = AddressText.Parse(text);
            var isIntersection = text.StartsWith("INTERSECTION", StringComparison.Ordinal);
            score.Count("intersection", $"{isIntersection}", $"{parts.IsIntersection}", text);
            score.Count("zip", Folded(row["location_zipcode"]), Folded(parts.PostalCode), text);
            score.Count("street", Canonical(street.Replace("INTERSECTION ", string.Empty, StringComparison.Ordinal).Replace(" -", "-", StringComparison.Ordinal)), Canonical(parts.StreetLine), text);
            if (!isIntersection)
            {
                score.Count("number", Folded(street.Replace(" -", "-", StringComparison.Ordinal).Split(' ')[0]), Folded(parts.HouseNumber?.Split(' ')[0]), text);
            }
            var town = text[(text.LastIndexOf("  MA", StringComparison.Ordinal) is > 0 and var end ? text[..end].LastIndexOf("  ", StringComparison.Ordinal) : 0)..];
            score.Count("town", Folded(town.Contains("  MA", StringComparison.Ordinal) ? town[..town.LastIndexOf("  MA", StringComparison.Ordinal)] : null), Folded(parts.City), text);
        }
        score.Report(output);
        score.AtLeast(("number", 0.98), ("zip", 0.99), ("street", 0.99), ("intersection", 0.99), ("town", 0.99));
    }

    private sealed class Score
    {
        private readonly Dictionary<string, (int Right, int All, List<string> Wrong)> fields = new(StringComparer.Ordinal);

        public void Count(string field, string expected, string actual, string text)
        {
            var (right, all, wrong) = fields.GetValueOrDefault(field, (0, 0, []));
            var same = string.Equals(expected, actual, StringComparison.Ordinal);
            if (!same)
            {
                wrong.Add($"{text}: {expected} / {actual}");
            }
            fields[field] = (right + (same ? 1 : 0), all + 1, wrong);
        }

        public void Report(ITestOutputHelper output)
        {
            foreach (var (field, (right, all, wrong)) in fields)
            {
                output.WriteLine($"{field}: {right} of {all}, {(double)right / all:P2}");
                foreach (var line in wrong.Take(12))
                {
                    output.WriteLine("   " + line);
                }
            }
        }

        public void AtLeast(params (string Field, double Share)[] wanted) =>
            Assert.Multiple([.. wanted.Select(want => (Action)(() =>
            {
                var (right, all, _) = fields[want.Field];
                Assert.True(right >= want.Share * all, $"{want.Field}: {right} of {all}, wanted {want.Share:P1}");
            }))]);
    }

    private static string? Label(XElement address, string name) =>
        string.Join(' ', address.Elements(name).Select(element => element.Value)) is { Length: > 0 } value ? value : null;

    private static string Folded(string? text) => SearchText.Fold(text).Replace(" ", string.Empty, StringComparison.Ordinal);

    private static string Canonical(string text) => string.Join(' ', SearchText.Fold(text.Replace(".", string.Empty, StringComparison.Ordinal)).Split(' ').Select(word =>
        StreetWords.TryType(word, out var form) || StreetWords.TryDirection(word, out form) ? form.Key : word));

    private static string Value(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() ?? string.Empty : string.Empty;

    private static IEnumerable<Dictionary<string, string>> Csv(string name)
    {
        // These two registers quote cells, and one breaks lines inside them.
        using var reader = new StreamReader(SharedData("service_requests", name));
        var header = Row(reader)!;
        while (Row(reader) is { } cells)
        {
            if (cells.Count == header.Count)
            {
                yield return header.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            }
        }
    }

    private static List<string>? Row(StreamReader reader)
    {
        var cells = new List<string>();
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (int next; (next = reader.Read()) >= 0;)
        {
            var c = (char)next;
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && (c is ',' or '\n'))
            {
                cells.Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (c == '\n')
                {
                    return cells;
                }
            }
            else
            {
                cell.Append(c);
            }
        }
        return cells.Count == 0 && cell.Length == 0 ? null : [.. cells, cell.ToString()];
    }

    private static string SharedData(string folder, string file)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, "shared", "data", folder, file);
            if (File.Exists(path))
            {
                return path;
            }
        }
        throw new FileNotFoundException($"shared/data/{folder}/{file} is neither beside nor above the project.");
    }
}
