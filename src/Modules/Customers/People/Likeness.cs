using Tieline.Platform.Search;

namespace Tieline.Customers.People;

/// <summary>What two people on record, or one on record and one just typed, have in common.</summary>
[Flags]
internal enum Alike { None = 0, Number = 1, SameName = 2, NearName = 4, Phone = 8, Email = 16, Place = 32, Born = 64, OtherBirthday = 128 }

/// <summary>Who looks like whom, and how much: the one set of rules for the record that is being added and for the whole base.</summary>
internal static class Likeness
{
    private static readonly (Alike What, string Words, int Points)[] Weights =
    [
        (Alike.Number, "same number of an identifier", 70), (Alike.SameName, "same name", 45), (Alike.NearName, "nearly the same name", 30), (Alike.Phone, "same phone", 25),
        (Alike.Email, "same e-mail", 20), (Alike.Place, "same address", 15), (Alike.Born, "same birthday", 25), (Alike.OtherBirthday, "different birthdays", -20),
    ];

    private const int MostWords = 16;

    /// <summary>Without one of these <see cref="SuggestsOfTwo"/> says no, whatever else is alike.</summary>
    public const Alike NeededOfTwo = Alike.Number | Alike.SameName | Alike.NearName;

    private const Alike Reached = Alike.Phone | Alike.Email | Alike.Place;

    /// <summary>The same number; the same name; or a name that differs by typing errors or initials with the same phone, e-mail or address.</summary>
    public static bool Suggests(Alike alike) => (alike & (Alike.Number | Alike.SameName)) != 0 || ((alike & Alike.NearName) != 0 && (alike & Reached) != 0);

    /// <summary>Of two who both are on record the same name alone says little: many are called John Smith.</summary>
    public static bool SuggestsOfTwo(Alike alike) => (alike & Alike.Number) != 0 || (Suggests(alike) && (alike & (Reached | Alike.Born)) != 0);

    /// <summary>0 to 100.</summary>
    public static int Score(Alike alike) => Math.Clamp(Weights.Where(w => (alike & w.What) != 0).Sum(w => w.Points), 0, 100);

    public static string Reasons(Alike alike) => string.Join(", ", Weights.Where(w => (alike & w.What) != 0).Select(w => w.Words));

    public static Alike Names(bool same, bool near) => same ? Alike.SameName : near ? Alike.NearName : Alike.None;

    /// <summary>Two words or more, each of which has its own like in the other name: equal, one typing error away, or its initial.</summary>
    public static bool IsNear(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        var (few, many) = one.Count <= other.Count ? (one, other) : (other, one);
        return few.Count >= Math.Min(2, many.Count) && few.Count > 0 && few.Any(w => w.Length > 1) && many.Count <= MostWords && EachHasItsOwn(few, many, 0, 0);
    }

    // Luis and Ruiz are both near to Ruis, and still nobody of that name.
    private static bool EachHasItsOwn(IReadOnlyList<string> few, IReadOnlyList<string> many, int at, int taken)
    {
        if (at == few.Count)
            return true;
        for (var i = 0; i < many.Count; i++)
        {
            if ((taken & (1 << i)) == 0 && IsLike(few[at], many[i]) && EachHasItsOwn(few, many, at + 1, taken | (1 << i)))
                return true;
        }
        return false;
    }

    private static bool IsLike(string one, string other) => one == other || Spelling.IsNear(one, other) || Initial(one, other) || Initial(other, one);

    private static bool Initial(string initial, string word) => initial.Length == 1 && word.StartsWith(initial, StringComparison.Ordinal);
}
