// What a site of the time has as its dato.config.js: which files the generator gets of which content.
module.exports = (dato, root, i18n) => {
  root.createDataFile('data/site.json', 'json', {
    name: dato.site.name,
    locales: dato.site.locales,
    headline: dato.home.headline,
  });
  root.directory('posts', (posts) => {
    for (const locale of i18n.availableLocales) {
      i18n.withLocale(locale, () => {
        for (const post of dato.posts) {
          posts.createPost(`${locale}-${post.slug}.md`, 'yaml', {
            frontmatter: {
              title: post.title,
              position: post.position,
              author: post.author.name,
              cover: post.cover.path,
              alt: post.cover.alt,
            },
            content: post.body,
          });
        }
      });
    }
  });
};
