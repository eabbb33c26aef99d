using System.Runtime.InteropServices;

namespace Tieline.Platform.Demo;

[Flags]
public enum DemoServices { None = 0, Electricity = 1, Water = 2, Sewer = 4, Gas = 8 }

public enum DemoBuilding { House, Duplex, Apartment, ManufacturedHome }

/// <summary>A service address in its parts; <c>PreDirection</c> and <c>Unit</c> are empty where there is none; <c>BillCycle</c> is 1 to 20, the same for a whole block.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DemoPremise(
    int HouseNumber, string PreDirection, string StreetName, string StreetType, string Unit,
    string City, string State, string PostalCode, DemoBuilding Building, DemoServices Services, int BillCycle)
{
    /// <summary>"120 W Elm St Apt 3".</summary>
    public string Street => (PreDirection.Length, Unit.Length) switch
    {
        (0, 0) => $"{HouseNumber} {StreetName} {StreetType}",
        (_, 0) => $"{HouseNumber} {PreDirection} {StreetName} {StreetType}",
        (0, _) => $"{HouseNumber} {StreetName} {StreetType} {Unit}",
        _ => $"{HouseNumber} {PreDirection} {StreetName} {StreetType} {Unit}",
    };

    /// <summary>"120 W Elm St Apt 3, Springfield OR 97477".</summary>
    public override string ToString() => $"{Street}, {City} {State} {PostalCode}";
}

/// <summary>The territory of the Tieline Demo Utility: neighbouring towns of one county, with their real ZIP codes.</summary>
public sealed class DemoPlaces
{
    public const string Utility = "Tieline Demo Utility";
    public const string State = "OR";
    public const string TimeZone = "America/Los_Angeles";
    private const int BlocksPerRound = 12;

    private static readonly DemoTown[] s_towns =
    [
        new("Springfield", ["97477", "97478"], 340),
        new("Eugene", ["97401", "97402", "97403", "97404", "97405", "97408"], 400),
        new("Cottage Grove", ["97424"], 95),
        new("Junction City", ["97448"], 75),
        new("Creswell", ["97426"], 65),
        new("Veneta", ["97487"], 65),
        new("Harrisburg", ["97446"], 55),
        new("Oakridge", ["97463"], 55),
        new("Pleasant Hill", ["97455"], 46),
        new("Lowell", ["97452"], 42),
        new("Brownsville", ["97327"], 42),
        new("Marcola", ["97454"], 41),
        new("Walterville", ["97489"], 40),
    ];

    private static readonly string[] s_apartments = [.. Enumerable.Range(0, 40).Select(i => $"Apt {i + 1}")];
    private static readonly string[] s_floors = [.. Enumerable.Range(0, 40).Select(i => $"Apt {(((i / 10) + 1) * 100) + (i % 10) + 1}")];
    private static readonly string[] s_units = [.. Enumerable.Range(0, 40).Select(i => $"Unit {(char)('A' + (i / 10))}{(i % 10) + 1}")];
    private static readonly string[] s_spaces = [.. Enumerable.Range(0, 40).Select(i => $"Spc {i + 1}")];

    private readonly DemoStreets _old;
    private readonly DemoStreets _new;
    private readonly DemoStream _blocks;

    public DemoPlaces(ulong seed)
    {
        _old = DemoStreets.Old(seed, s_towns);
        _new = DemoStreets.New(seed, s_towns);
        _blocks = new DemoStream(seed, "blocks");
    }

    public static IReadOnlyList<string> Cities { get; } = [.. s_towns.Select(t => t.City)];

    /// <summary>Premise <paramref name="i"/> (from 0). No two have the same address, whatever their number: towns fill first, then newer quarters are laid out.</summary>
    public DemoPremise Premise(long i)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        var beyond = i - _old.Slots;
        var round = beyond < 0 ? 0 : 1 + (int)(beyond / _new.Slots);
        var (street, block, position) = round == 0 ? _old.At(i) : _new.At(beyond % _new.Slots);
        // Later rounds extend the same streets with higher house numbers.
        var hundred = (street.FirstBlock + block - street.FirstSlotBlock + (Math.Max(0, round - 1) * BlocksPerRound)) * 100;
        var random = _blocks.At(((long)round << 32) | (uint)block);

        string unit;
        int number;
        DemoBuilding building;
        var cycle = 1 + (block % 20);
        var bits = random.NextBits();
        if (bits % 9 == 0)
        {
            number = hundred + 5 + (int)((bits >> 8) % 90);
            (unit, building) = ((bits >> 20) % 8) switch
            {
                0 => (s_spaces[position], DemoBuilding.ManufacturedHome),
                1 or 2 => (s_units[position], DemoBuilding.Apartment),
                < 6 => (s_apartments[position], DemoBuilding.Apartment),
                _ => (s_floors[position], DemoBuilding.Apartment),
            };
        }
        else
        {
            // Steps of two or three and a jitter of one keep the numbers of a block apart.
            var house = Math.Min(position, DemoStreets.BlockSize - 2);
            var jitter = (int)(random.NextBits() >> house) & 1;
            number = hundred + 1 + (house * 5 / 2) + jitter;
            var duplex = position >= DemoStreets.BlockSize - 2;
            building = duplex ? DemoBuilding.Duplex : DemoBuilding.House;
            unit = !duplex ? "" : position == DemoStreets.BlockSize - 2 ? "Unit A" : "Unit B";
        }

        var services = DemoServices.Electricity;
        if ((bits >> 32) % 100 < 88)
            services |= DemoServices.Water | DemoServices.Sewer;
        if ((bits >> 40) % 100 < (ulong)street.GasShare)
            services |= DemoServices.Gas;
        return new DemoPremise(number, street.PreDirection, street.Name, street.Type, unit,
            street.Town.City, State, street.PostalCode, building, services, cycle);
    }
}
