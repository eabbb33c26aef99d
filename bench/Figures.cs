using System.Text.Json;

namespace Tieline.Bench;

/// <summary>What was measured: name, value, unit.</summary>
internal sealed class Figures
{
    private readonly List<(string Name, double Value, string Unit)> all = [];

    public void Add(string name, double value, string unit)
    {
        all.Add((name, value, unit));
        Say($"  {name} = {Round(value)} {unit}");
    }

    /// <summary>Progress: never on standard output, which belongs to the figures.</summary>
    public static void Say(string text) => Console.Error.WriteLine(text);

    public void Write(TextWriter output, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(all.Select(f => new { name = f.Name, value = Round(f.Value), unit = f.Unit })));
            return;
        }
        foreach (var (name, value, unit) in all)
            output.WriteLine($"{name,-34} {Round(value),12} {unit}");
    }

    /// <param name="share">0 to 1.</param>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    private static double Round(double value) => Math.Abs(value) >= 100 ? Math.Round(value) : Math.Round(value, 3);
}
