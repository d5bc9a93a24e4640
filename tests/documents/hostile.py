"""Twenty-eight fragments that try to make the PDF engine reach the network or read a file (reliability.md, 3.5)."""


def fragments(hit, secret):
    """hit: the address of a server that counts its visits; secret: the path of a file nobody may read."""
    file = f"file://{secret}"
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{hit}/nested' width='9' height='9'/></svg>"
    entity = f"<!DOCTYPE svg [<!ENTITY x SYSTEM '{file}'>]><svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>"
    return [
        f'<img src="{hit}/img">', f'<img src="{file}">', f'<img srcset="{hit}/srcset 2x">',
        f'<link rel="stylesheet" href="{hit}/css">', f'<link rel="stylesheet" href="{file}">',
        f"<style>@import url({hit}/import);</style>", f"<style>body{{background:url({hit}/background)}}</style>",
        f"<style>@font-face{{font-family:x;src:url({hit}/font)}} p{{font-family:x}}</style>",
        f"<style>li{{list-style-image:url({hit}/list)}}</style><li>x</li>",
        f'<style>p::after{{content:url({hit}/content)}}</style>', f'<p style="background:url({hit}/inline)">x</p>',
        f'<link rel="attachment" href="{file}">', f'<link rel="attachment" href="{hit}/attachment">',
        f'<a rel="attachment" href="{file}">x</a>', f'<a rel="attachment" href="{hit}/a">x</a>',
        f'<object data="{hit}/object"></object>', f'<object data="{file}"></object>', f'<embed src="{hit}/embed">',
        f'<embed src="{file}">', f'<svg><image href="{hit}/svg" width="9" height="9"/></svg>',
        f'<svg><image xlink:href="{file}" width="9" height="9"/></svg>', f'<svg><use href="{hit}/use#x"/></svg>',
        f'<img src="data:image/svg+xml,{drawing}">', f'<img src="data:image/svg+xml,{entity}">',
        f'<img src="FiLe://{secret}">', f'<iframe src="{hit}/iframe"></iframe>',
        f'<base href="{hit}/base/"><img src="relative.png">',
        f'<meta http-equiv="refresh" content="0;url={hit}/refresh"><img src="{hit}/redirect">',
    ]
