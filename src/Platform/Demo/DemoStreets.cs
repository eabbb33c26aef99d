namespace Tieline.Platform.Demo;

internal sealed record DemoStreet(DemoTown Town, string PostalCode, string PreDirection, string Name, string Type, int FirstBlock, int FirstSlotBlock, int GasShare);

/// <summary>A town of the territory. The first ZIP code is its centre's; the streets count its older part, the newer part grows in proportion.</summary>
internal sealed record DemoTown(string City, string[] PostalCodes, int Streets);

/// <summary>
/// A set of streets cut into blocks of forty addresses. Every address of the set has a slot, and item i takes slot (a*i + c) mod n
/// with a and n coprime: no two items share one, and any run of items is spread over all towns.
/// </summary>
internal sealed class DemoStreets
{
    public const int BlockSize = 40;
    private readonly DemoStreet[] _streets;
    private readonly int[] _streetOfBlock;
    private readonly long _factor;
    private readonly long _offset;

    private DemoStreets(List<DemoStreet> streets, List<int> streetOfBlock, ref DemoRandom random)
    {
        _streets = [.. streets];
        _streetOfBlock = [.. streetOfBlock];
        _factor = (long)(Slots * (0.55 + (random.NextDouble() * 0.2))) | 1;
        while (Gcd(_factor, Slots) != 1)
            _factor += 2;
        _offset = random.Next((int)Slots);
    }

    public long Slots => (long)_streetOfBlock.Length * BlockSize;

    public (DemoStreet Street, int Block, int Position) At(long item)
    {
        var slot = ((item * _factor) + _offset) % Slots;
        var block = (int)(slot / BlockSize);
        return (_streets[_streetOfBlock[block]], block, (int)(slot % BlockSize));
    }

    /// <summary>The grown towns: the first forty names in every centre, the others drawn town by town.</summary>
    public static DemoStreets Old(ulong seed, DemoTown[] towns) =>
        Lay(new DemoStream(seed, "old streets"), towns, ListedStreets(), 1, 40);

    /// <summary>The newer quarters, with composed names such as "Alder Glen", and six times as many streets.</summary>
    public static DemoStreets New(ulong seed, DemoTown[] towns) =>
        Lay(new DemoStream(seed, "new streets"), towns, ComposedStreets(), 6, 0);

    private static DemoStreets Lay(DemoStream stream, DemoTown[] towns, (string Name, string Type)[] names, int factor, int everywhere)
    {
        List<DemoStreet> streets = [];
        List<int> blocks = [];
        for (var t = 0; t < towns.Length; t++)
        {
            var random = stream.At(t);
            var own = names.ToArray();
            for (var i = own.Length - 1; i > everywhere; i--)
            {
                var other = random.Between(everywhere, i);
                (own[i], own[other]) = (own[other], own[i]);
            }
            var count = Math.Min(own.Length, towns[t].Streets * factor);
            for (var i = 0; i < count; i++)
            {
                var (name, listed) = own[i];
                var central = i < everywhere;
                var type = central || random.Chance(0.7) ? listed : random.Pick(s_types);
                var first = central ? random.Between(1, 4) : random.Between(1, 59);
                var length = central ? random.Between(2, 4) : random.Between(1, 3);
                var directed = char.IsAsciiDigit(name[0]) ? 0.5 : 0.06;
                var direction = random.Chance(directed) ? random.Pick(s_directions) : "";
                var zip = central ? towns[t].PostalCodes[0] : random.Pick(towns[t].PostalCodes);
                streets.Add(new DemoStreet(towns[t], zip, direction, name, type, first, blocks.Count, random.Between(0, 90)));
                for (var b = 0; b < length; b++)
                    blocks.Add(streets.Count - 1);
            }
        }
        var last = stream.At(-1);
        return new DemoStreets(streets, blocks, ref last);
    }

    private static (string Name, string Type)[] ListedStreets() =>
        [.. DemoText.Lines("streets.txt").Select(Split).DistinctBy(s => s.Name)];

    private static (string Name, string Type) Split(string line)
    {
        var space = line.LastIndexOf(' ');
        return (line[..space], line[(space + 1)..]);
    }

    private static (string Name, string Type)[] ComposedStreets()
    {
        var taken = ListedStreets().Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var composed = from ending in s_endings
                       from first in s_firsts
                       where !string.Equals(first, ending, StringComparison.Ordinal)
                       select first + " " + ending;
        return [.. composed.Where(n => !taken.Contains(n)).Select((n, i) => (n, s_types[i % s_types.Length]))];
    }

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    private static readonly string[] s_directions = ["N", "S", "E", "W"];
    private static readonly string[] s_types = ["St", "Ave", "Dr", "Ln", "Ct", "Way", "Pl", "Rd", "Loop", "Cir"];
    private static readonly string[] s_firsts =
        ["Elm", "Oak", "Maple", "Pine", "Cedar", "Walnut", "Cherry", "Ash", "Birch", "Willow", "Spruce", "Fir", "Laurel", "Alder", "Aspen", "Hemlock", "Juniper", "Redwood", "Dogwood", "Hawthorne", "Hazel", "Holly", "Fern", "Clover", "Heather", "Camas", "River", "Meadow", "Valley", "Mountain", "Eagle", "Falcon", "Heron", "Quail", "Deer", "Elk", "Fox", "Bear", "Beaver", "Salmon", "Stone", "Silver", "Golden", "Green", "Blue", "Autumn", "Summer", "Spring", "Winter", "Sunny", "Misty", "Shady", "Quiet", "Rolling", "Mill", "Pioneer", "Heritage", "Orchard", "Harvest", "Cascade"];
    private static readonly string[] s_endings =
        ["Grove", "Hollow", "Ridge", "Glen", "Meadow", "Creek", "Hill", "Park", "View", "Crest", "Brook", "Terrace", "Bend", "Field", "Wood", "Point", "Run", "Trail", "Landing", "Gate", "Haven", "Heights", "Bluff", "Shadow", "Springs", "Chase", "Knoll", "Bridge", "Estates", "Falls"];
}
