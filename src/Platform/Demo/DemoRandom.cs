using System.Runtime.InteropServices;

namespace Tieline.Platform.Demo;

/// <summary>A named source of randomness: item <c>i</c> depends only on (seed, name, i), so items can be made in any order, in ranges and in parallel.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct DemoStream
{
    private readonly ulong _key;

    public DemoStream(ulong seed, string name)
    {
        // FNV-1a: string.GetHashCode differs from process to process.
        var hash = 14695981039346656037UL;
        foreach (var c in name)
            hash = (hash ^ c) * 1099511628211UL;
        _key = DemoRandom.Mix(DemoRandom.Mix(seed) ^ hash);
    }

    /// <summary>The draws of one item, always the same ones.</summary>
    public DemoRandom At(long index) => new(DemoRandom.Mix(_key + (unchecked((ulong)index) * DemoRandom.Gamma)));
}

/// <summary>SplitMix64. A mutable struct: pass it by <c>ref</c>, a copy repeats the same draws.</summary>
[StructLayout(LayoutKind.Auto)]
public struct DemoRandom(ulong state)
{
    internal const ulong Gamma = 0x9E3779B97F4A7C15UL;
    private ulong _state = state;

    public ulong NextBits() => Mix(_state += Gamma);

    /// <summary>0 &lt;= result &lt; <paramref name="bound"/>; the bound is at least 1.</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(((NextBits() >> 32) * (ulong)bound) >> 32);
    }

    /// <summary><paramref name="from"/> &lt;= result &lt;= <paramref name="to"/>.</summary>
    public int Between(int from, int to) => from + Next(to - from + 1);

    /// <summary>0 &lt;= result &lt; 1.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with probability <paramref name="p"/> (0 to 1).</summary>
    public bool Chance(double p) => NextDouble() < p;

    public T Pick<T>(T[] list) => list[Next(list.Length)];

    public T Pick<T>(IReadOnlyList<T> list) => list[Next(list.Count)];

    public T PickWeighted<T>(Weighted<T> table) => table.Pick(ref this);

    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>Items with weights; one pick costs two look-ups however long the list is (Walker's alias method).</summary>
public sealed class Weighted<T>
{
    private readonly T[] _items;
    private readonly double[] _keep;
    private readonly int[] _alias;

    public Weighted(IEnumerable<(T Item, double Weight)> entries)
    {
        var list = entries.Where(e => e.Weight > 0).ToArray();
        if (list.Length == 0)
            throw new ArgumentException("At least one item needs a weight above zero.", nameof(entries));
        _items = [.. list.Select(e => e.Item)];
        var total = list.Sum(e => e.Weight);
        Shares = [.. list.Select(e => e.Weight / total)];
        _keep = new double[list.Length];
        _alias = new int[list.Length];
        var scaled = Shares.Select(s => s * list.Length).ToArray();
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < scaled.Length; i++)
            (scaled[i] < 1 ? small : large).Push(i);
        while (small.Count > 0 && large.Count > 0)
        {
            int s = small.Pop(), l = large.Pop();
            _keep[s] = scaled[s];
            _alias[s] = l;
            scaled[l] -= 1 - scaled[s];
            (scaled[l] < 1 ? small : large).Push(l);
        }
        foreach (var i in small.Concat(large))
            _keep[i] = 1;
    }

    public IReadOnlyList<T> Items => _items;

    /// <summary>The probability of each item, in the order of <see cref="Items"/>; they add up to 1.</summary>
    public IReadOnlyList<double> Shares { get; }

    public T Pick(ref DemoRandom random)
    {
        var x = random.NextDouble() * _keep.Length;
        var i = (int)x;
        return _items[x - i < _keep[i] ? i : _alias[i]];
    }
}
