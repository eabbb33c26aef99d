using System.Globalization;

namespace Tieline.Billing.Standing;

/// <summary>Quantities as they are stored: whole millionths of their unit.</summary>
internal static class Quantity
{
    private const decimal Scale = 1_000_000;
    private const decimal Most = 1_000_000_000_000;

    /// <returns>False when it is more than any meter counts, or finer than a millionth.</returns>
    public static bool TryOf(decimal amount, out long millionths)
    {
        millionths = 0;
        if (Math.Abs(amount) > Most || amount * Scale != decimal.Truncate(amount * Scale))
            return false;
        millionths = (long)(amount * Scale);
        return true;
    }

    public static decimal Amount(long millionths) => millionths / Scale;

    /// <summary>For reading: 1,284.5.</summary>
    public static string Text(decimal amount) => amount.ToString("#,##0.######", CultureInfo.InvariantCulture);
}
