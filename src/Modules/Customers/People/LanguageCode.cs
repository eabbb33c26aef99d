namespace Tieline.Customers.People;

/// <summary>Languages by ISO 639-1.</summary>
internal static class LanguageCode
{
    /// <summary>Those most spoken at home in the United States, for choosing.</summary>
    public static readonly IReadOnlyList<(string Code, string Name)> Common =
    [
        ("en", "English"), ("es", "Spanish"), ("zh", "Chinese"), ("tl", "Tagalog"), ("vi", "Vietnamese"), ("ar", "Arabic"), ("fr", "French"), ("ko", "Korean"),
        ("ru", "Russian"), ("pt", "Portuguese"), ("ht", "Haitian Creole"), ("de", "German"), ("hi", "Hindi"), ("pl", "Polish"), ("it", "Italian"), ("ur", "Urdu"),
        ("fa", "Persian"), ("te", "Telugu"), ("ja", "Japanese"), ("gu", "Gujarati"), ("bn", "Bengali"), ("ta", "Tamil"), ("pa", "Punjabi"), ("th", "Thai"),
        ("sr", "Serbian"), ("hy", "Armenian"), ("he", "Hebrew"), ("km", "Khmer"), ("uk", "Ukrainian"), ("so", "Somali"), ("nv", "Navajo"), ("el", "Greek"),
    ];

    private static readonly HashSet<string> Known =
    [
        .. """
            aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy
            ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv
            mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss
            st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
            """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
    ];

    public static bool IsKnown(string code) => Known.Contains(code);

    public static string NameOf(string code) => Common.FirstOrDefault(l => l.Code == code).Name ?? code;
}
