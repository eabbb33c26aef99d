namespace Tieline.Platform.Ui;

internal sealed record SampleRow(string Name, string Number, bool Open, DateTime At, string Comment, decimal Balance)
{
    private static readonly string[] Names =
        ["Ana Ruiz", "Björn Håkansson", "Chidi Okafor", "Dolores García-Márquez", "Elm Street Bakery, Inc.", "Fatima Zahra", "Grace Kowalczyk", "Hiroshi Tanaka", "Isabella Rossi"];

    private static readonly string[] Comments =
        ["High bill explained; meter read again", "Wants paper bills in large print", "Reported an outage on the north side", "Asked for a payment arrangement over six months"];

    public static IEnumerable<SampleRow> All(DateTime now) => Enumerable.Range(0, 61).Select(i => new SampleRow(
        Names[i % Names.Length], $"{4711 + i}-{(i * 7) % 10}", i % 3 != 0, now.AddHours(-5.3 * i), Comments[i % Comments.Length], (i * 137 % 900) - 120.5m));
}
