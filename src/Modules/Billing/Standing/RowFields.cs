using System.Globalization;
using Tieline.Platform;
using Tieline.Platform.Import;
using Tieline.Platform.Uses;

namespace Tieline.Billing.Standing;

/// <summary>Reads the fields of a row of the billing system's files; what cannot be read becomes a problem.</summary>
/// <param name="until">Nothing was so later than this; UTC.</param>
internal sealed class RowFields(ImportRow row, ImportDates dates, Currency currency, DateTime until, Problems problems)
{
    private static readonly DateOnly FirstDay = new(1900, 1, 1);
    private static readonly DateOnly LastDay = new(2199, 12, 31);

    public string? Text(string column, int max) => problems.Text(column, column, row[column], max, required: false, anyNumber: true) is { Length: > 0 } text ? text : null;

    public string RequiredText(string column, int max) => problems.Text(column, column, row[column], max, anyNumber: true);

    public DateOnly? Day(string column)
    {
        if (!dates.TryDay(row[column], out var day) || day < FirstDay || day > LastDay)
            problems.Add(column, $"'{row[column]}' in {column} is no day.", "import.date");
        return day;
    }

    public DateOnly RequiredDay(string column)
    {
        if (row[column].Length == 0)
            problems.List.Add(Problem.Required(column, column));
        return Day(column) ?? default;
    }

    /// <summary>When what the row says was so: <paramref name="otherwise"/> where the row does not say it.</summary>
    public DateTime AsOf(string column, DateTime otherwise)
    {
        if (!dates.TryInstant(row[column], out var instant))
            problems.Add(column, $"'{row[column]}' in {column} is no date and time.", "import.date");
        var at = instant ?? otherwise;
        if (at > until)
            problems.Add(column, $"{column} is yet to come: {row[column]}", "import.future");
        return at;
    }

    public Money? Amount(string column)
    {
        if (row[column].Length == 0)
            return null;
        if (!currency.TryRead(row[column], out var amount))
            problems.Add(column, $"'{row[column]}' in {column} is no amount of {currency.Code}.", "import.amount");
        return amount;
    }

    public Money RequiredAmount(string column)
    {
        if (row[column].Length == 0)
            problems.List.Add(Problem.Required(column, column));
        return Amount(column) ?? default;
    }

    public long? Quantity(string column)
    {
        if (row[column].Length == 0)
            return null;
        if (!decimal.TryParse(row[column], NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) || !Standing.Quantity.TryOf(amount, out var millionths))
        {
            problems.Add(column, $"'{row[column]}' in {column} is no number.", "import.number");
            return null;
        }
        return millionths;
    }

    public T Choice<T>(string column) where T : struct, Enum
    {
        var text = row[column].Replace(" ", "", StringComparison.Ordinal);
        if (text.Length == 0)
            return default;
        if (char.IsAsciiDigit(text[0]) || !Enum.TryParse<T>(text, ignoreCase: true, out var value) || !Enum.IsDefined(value))
        {
            problems.Add(column, $"'{row[column]}' in {column} is none of {string.Join(", ", Enum.GetNames<T>())}.", "import.choice");
            return default;
        }
        return value;
    }

    public bool Yes(string column)
    {
        switch (row[column].ToLowerInvariant())
        {
            case "1" or "y" or "yes" or "true":
                return true;
            case "" or "0" or "n" or "no" or "false":
                return false;
            default:
                problems.Add(column, $"'{row[column]}' in {column} is neither yes nor no.", "import.choice");
                return false;
        }
    }
}
