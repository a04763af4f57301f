using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Bridgehead.Api;

/// <summary>A place in a metadata tree: a directory or a document.</summary>
internal abstract record MetadataNode
{
    private MetadataNode()
    {
    }

    public static Document Text(string text) => new(Encoding.UTF8.GetBytes(text), "text/plain");

    /// <summary>A list is a document of one item per line.</summary>
    public static Document Lines(IEnumerable<string> items) => Text(string.Join('\n', items));

    /// <summary>What a request for this place is answered with.</summary>
    public abstract Document Render();

    /// <param name="SeedAt">Where the random seed stands in it, which is another one with every answer.</param>
    public sealed record Document(ReadOnlyMemory<byte> Content, string ContentType, int? SeedAt = null) : MetadataNode
    {
        /// <summary>Bytes; in base64 there is a third more.</summary>
        public const int SeedLength = 512;

        public override Document Render() => this;

        /// <summary>As it is sent now.</summary>
        public ReadOnlyMemory<byte> Fresh()
        {
            if (SeedAt is not { } start)
            {
                return Content;
            }

            var content = Content.ToArray();
            Span<byte> seed = stackalloc byte[SeedLength];
            RandomNumberGenerator.Fill(seed);
            Base64.EncodeToUtf8(seed, content.AsSpan(start), out _, out _);
            return content;
        }
    }

    /// <param name="Label">Stands in the parent's listing in place of the key.</param>
    public sealed record Directory(string? Label = null) : MetadataNode
    {
        private readonly SortedDictionary<string, MetadataNode> _children = new(StringComparer.Ordinal);

        public MetadataNode? Child(string name) => _children.GetValueOrDefault(name);

        public Directory With(string name, MetadataNode? child)
        {
            if (child is not null)
            {
                _children.Add(name, child);
            }

            return this;
        }

        public Directory With(string name, string? text) => With(name, text is null ? null : Text(text));

        /// <summary>Names in order, directories with a slash, no line end after the last.</summary>
        public override Document Render() => Lines(_children.Select(child => child.Value is Directory below ? below.Label ?? child.Key + "/" : child.Key));
    }
}
